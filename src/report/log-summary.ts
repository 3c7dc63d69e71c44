import { sentencesOf } from "../explanation.ts";
import { formatBytes } from "../format-bytes.ts";
import { plain } from "../message.ts";
import { formatSeconds } from "./format.ts";
import {
  byGravity,
  count,
  headlineOf,
  type Tone,
  toneOf,
  verdictWord,
} from "./headline.ts";
import type { Summary, SummaryModel } from "./summary.ts";

/** Where the report's page is; null where there is none. */
export interface ReportPlaces {
  /** As the reader would open it. */
  path: string | null;
  /** Among the job's artifacts. */
  url: string | null;
}

/**
 * The closing lines of the job's log: what passed as a count, what needs work last and with its next step, where the
 * result is, where the time went, where to read on, and what the exit code means.
 */
export function renderLogSummary(
  summary: Summary,
  report: ReportPlaces,
): string[] {
  const { models, notices, exit_code: exitCode } = summary;
  const passed = models.filter((model) => toneOf(model) === "pass");
  const others = byGravity(models).filter((model) => !passed.includes(model));
  const width = Math.min(
    32,
    Math.max(0, ...models.map(({ name }) => name.length)),
  );
  const meaning = MEANINGS[exitCode];

  return [
    "",
    plain(headlineOf(summary).parts),
    ...passLines(passed, width),
    ...others.toReversed().flatMap((model) => modelLines(model, width)),
    ...notices.map((notice) => `  note: ${notice}`),
    ...resultLines(summary),
    ...timeLines(models),
    ...[report.path, report.url].flatMap((place) =>
      place === null ? [] : `report: ${place}`,
    ),
    ...(meaning === undefined ? [] : [`exit code ${exitCode}: ${meaning}`]),
  ];
}

const MEANINGS: Record<number, string | undefined> = {
  1: "a check failed",
  2: "something must be changed first: see above",
  3: "the outside world failed, a retry may cure it",
  70: "a fault of this program or of an engine, which no retry cures",
};

/** One model in full; several as a count. */
function passLines(passed: readonly SummaryModel[], width: number): string[] {
  if (passed.length < 2)
    return passed.flatMap((model) => modelLines(model, width));

  const reused = passed.filter(({ status }) => status === "unchanged").length;
  const unchanged = reused > 0 ? `, ${reused} of them unchanged` : "";
  const names = passed.slice(0, NAMED).map(({ name }) => name);
  const rest =
    passed.length > NAMED ? ` and ${passed.length - NAMED} more` : "";

  return [
    `  ${MARKS.pass} ${passed.length} models may ship${unchanged}: ${names.join(", ")}${rest}`,
  ];
}

/** Seconds by stage, over all models. */
function timeLines(models: readonly SummaryModel[]): string[] {
  const spent = new Map<string, number>();
  for (const [stage, seconds] of models.flatMap(({ timings }) =>
    Object.entries(timings),
  ))
    if (!stage.includes("."))
      spent.set(stage, (spent.get(stage) ?? 0) + seconds);

  const total = [...spent.values()].reduce((sum, seconds) => sum + seconds, 0);
  if (total === 0) return [];

  const stages = [...spent].map(
    ([stage, seconds]) => `${stage} ${formatSeconds(seconds)}`,
  );

  return [`time: ${formatSeconds(total)} (${stages.join(", ")})`];
}

const NAMED = 5;

const MARKS: Record<Tone, string> = {
  pass: "✓",
  warn: "!",
  fail: "✗",
  unproven: "?",
  unchecked: "x",
  none: "-",
};

function modelLines(model: SummaryModel, width: number): string[] {
  const found = plain(sentencesOf([model.answer, model.because]));
  const lines = [
    `  ${MARKS[toneOf(model)]} ${model.name.padEnd(width)}  ${verdictWord(model)}${found && `. ${found}`}`,
  ];
  if (model.ships) return lines;

  for (const { check, parts } of model.reasons.slice(1))
    lines.push(`      ${check}: ${plain(parts)}`);
  if (model.next.length > 0) lines.push(`      next: ${plain(model.next)}`);
  if (model.reproduce) lines.push(`      reproduce: ${model.reproduce}`);

  return lines;
}

function resultLines({ publication, store, models }: Summary): string[] {
  const { status, commit, url, reason, fetch } = publication;
  const where = `${store.url}, branch ${store.branch}`;

  if (status === "withheld" || status === "none") {
    const why = reason ?? (status === "none" ? "it was not requested" : null);
    return [`result: nothing was published${why ? `: ${why}` : ""}`];
  }

  const files = models
    .filter(({ ships }) => ships)
    .flatMap((model) => model.files);

  const size = formatBytes(files.reduce((sum, file) => sum + file.size, 0));
  const what =
    files.length > 0 ? ` (${count(files.length, "file")}, ${size})` : "";
  const verb =
    status === "published" ? "published to" : "unchanged, already in";

  return [
    `result: ${verb} ${where}${commit ? `, commit ${commit}` : ""}${what}`,
    ...(url === null ? [] : [`  look: ${url}`]),
    ...(fetch === null ? [] : [`  fetch: ${fetch}`]),
  ];
}
