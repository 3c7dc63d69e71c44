import type { Span } from "../../timeline.ts";
import { formatSeconds } from "../format.ts";
import { type Content, html, type Markup } from "./markup.ts";
import { KINDS, kindOf, stepWords } from "./step-words.ts";
import { wideTable } from "./wide-table.ts";

/** The steps of the run, or of one model. */
export interface Lane {
  name: string;
  spans: readonly Span[];
}

/** Models that have a lane of their own; of more, those that took longest. */
const MOST = 15;
/** A queue may last for hours: it is drawn at most this long, as a part of all that follows. */
const QUEUE = 0.3;
const WIDTH = 1000;

/** When each step of a run began and how long it took; `run` has the steps around the models. Nothing where nobody measured. */
export function timeline(
  run: readonly Span[],
  models: readonly Lane[],
): Content {
  const worked = models.filter(({ spans }) => spans.length > 0);
  const longest = worked
    .toSorted((a, b) => lengthOf(b) - lengthOf(a))
    .slice(0, MOST);
  const shown = new Set(longest);
  const lanes = [
    { name: "run", spans: run.filter(({ step }) => step !== "convert") },
    ...models.filter((lane) => shown.has(lane)),
  ].map(({ name, spans }) => ({ name, spans: finest(spans) }));

  const all = lanes.flatMap(({ spans }) => spans);
  if (all.length === 0) return null;

  const scale = scaleOf(all);
  const left = worked.length - longest.length;

  return html`<div class="lanes">${lanes.map((lane) => laneMarkup(lane, scale))}<div class="lane ends"><span></span><div><span>${scale.isCut ? "queue …" : "0 s"}</span><span>${formatSeconds(scale.rest)}${scale.isCut && " after it"}</span></div></div></div>
<p class="soft note">${keys(all)}</p>${scale.isCut && html`<p class="soft note">The queue lasted ${formatSeconds(scale.queue)}: its bar is cut.</p>`}${left > 0 && html`<p class="soft note">The ${longest.length} models that took longest, of ${worked.length}.</p>`}
<details><summary>As numbers</summary>${numbers(lanes, scale)}</details>`;
}

/** The engine's own stages in place of the engine. */
function finest(spans: readonly Span[]): Span[] {
  const hasStages = spans.some(({ step }) => step.startsWith("engine."));
  return spans
    .filter(({ step }) => step !== "engine" || !hasStages)
    .toSorted((a, b) => beginOf(a) - beginOf(b));
}

function beginOf({ started }: Span): number {
  return Date.parse(started);
}

function lengthOf({ spans }: Lane): number {
  return finest(spans).reduce((sum, { seconds }) => sum + seconds, 0);
}

interface Scale {
  /** Milliseconds since 1970: where the drawing begins. */
  from: number;
  /** What is drawn, and the whole queue. */
  seconds: number;
  /** The number at the end of the axis: without a queue that is cut. */
  rest: number;
  queue: number;
  isCut: boolean;
}

function scaleOf(spans: readonly Span[]): Scale {
  const queued = spans.find(({ step }) => step === "queue");
  const queue = queued?.seconds ?? 0;
  const others = spans.filter((span) => span !== queued);
  const begin = others.reduce(
    (first, span) => Math.min(first, beginOf(span)),
    Number.POSITIVE_INFINITY,
  );
  const end = others.reduce(
    (last, span) => Math.max(last, beginOf(span) + span.seconds * 1000),
    begin,
  );

  const rest = (end - begin) / 1000;
  const drawn = Math.min(queue, rest * QUEUE);

  return {
    from: begin - drawn * 1000,
    seconds: rest + drawn,
    rest: drawn < queue ? rest : rest + drawn,
    queue,
    isCut: drawn < queue,
  };
}

function laneMarkup({ name, spans }: Lane, scale: Scale): Markup {
  const total = scale.seconds || 1;
  const x = (ms: number) =>
    Math.max(0, Math.min(WIDTH, ((ms - scale.from) / 1000 / total) * WIDTH));
  const said = spans
    .map(({ step, seconds }) => `${stepWords(step)} ${formatSeconds(seconds)}`)
    .join(", ");

  const bars = spans.map((span) => {
    const [from, to] = [beginOf(span), beginOf(span) + span.seconds * 1000];
    const width = Math.max(1.5, x(to) - x(from));
    return html`<rect class="${kindOf(span.step)}" x="${x(from).toFixed(1)}" y="0" width="${width.toFixed(1)}" height="12"><title>${stepWords(span.step)} ${formatSeconds(span.seconds)}</title></rect>`;
  });

  return html`<div class="lane"><code>${name}</code><svg viewBox="0 0 ${WIDTH} 12" preserveAspectRatio="none" role="img" aria-label="${name}: ${said}">${bars}</svg></div>`;
}

/** What each colour is, and how long all of it took. */
function keys(spans: readonly Span[]): Content {
  return Object.entries(KINDS).flatMap(([kind, words]) => {
    const own = spans.filter(({ step }) => kindOf(step) === kind);
    const seconds = own.reduce((sum, span) => sum + span.seconds, 0);
    return own.length === 0
      ? []
      : html`<span class="key"><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="${kind}" width="10" height="10"/></svg>${words} ${formatSeconds(seconds)}</span> `;
  });
}

function numbers(lanes: readonly Lane[], { from }: Scale): Markup {
  const rows = lanes.flatMap(({ name, spans }) =>
    spans.map(
      (span) =>
        html`<tr><td><code>${name}</code></td><td>${stepWords(span.step)}</td><td class="number">${((beginOf(span) - from) / 1000).toFixed(2)} s</td><td class="number">${span.seconds.toFixed(2)} s</td></tr>`,
    ),
  );

  return wideTable(
    "Steps of the run",
    html`<thead><tr><th>Of</th><th>Step</th><th class="number">Begins</th><th class="number">Takes</th></tr></thead><tbody>${rows}</tbody>`,
  );
}
