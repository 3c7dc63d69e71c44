import { sentencesOf } from "../explanation.ts";
import { marked, plain } from "../message.ts";
import { formatSeconds, shortHash } from "./format.ts";
import {
  byGravity,
  count,
  headlineOf,
  toneOf,
  verdictWord,
} from "./headline.ts";
import { deviceTable } from "./html/devices.ts";
import { type Content, html, type Markup } from "./html/markup.ts";
import {
  checkList,
  command,
  environmentFacts,
  fileTable,
  list,
  policyPart,
} from "./html/model-parts.ts";
import { outputTable } from "./html/outputs.ts";
import { renderPage } from "./html/page.ts";
import {
  answer,
  card,
  explanation,
  facts,
  icon,
  part,
  partsMarkup,
  webLink,
} from "./html/parts.ts";
import { leastAgreed, seenSideBySide } from "./html/seen.ts";
import { stageBar } from "./html/stages.ts";
import { modelAnchor, pageAbout } from "./note-links.ts";
import { intermediateOf, outputsOf } from "./parity-details.ts";
import type { ReportModel } from "./report-model.ts";
import type { Summary } from "./summary.ts";

export interface RunPage {
  summary: Summary;
  models: readonly ReportModel[];
  version: string;
  /** The folder of the documentation's pages. */
  docs: string;
}

/** Models whose cause stands at the top. */
const EXPLAINED = 3;

/** The page of a whole run: the answer, where the result is, and every model in full. */
export function renderRunPage({
  summary,
  models,
  version,
  docs,
}: RunPage): string {
  const headline = headlineOf(summary);
  const first = byGravity(models.map((model) => model.summary));
  const sorted = models.toSorted(
    (a, b) => first.indexOf(a.summary) - first.indexOf(b.summary),
  );

  return renderPage({
    title: plain(headline.parts),
    body: html`<div class="over">Edge models from <code>${summary.store.url}</code>, branch <code>${summary.store.branch}</code></div>
${answer(headline.tone, partsMarkup(headline.parts), [causes(summary, docs), resultLine(summary)])}
${card("Notices", list(summary.notices.map((notice) => partsMarkup(marked(notice)))))}
${card(summary.publication.commit ? "Where the result is" : "Where it comes from", whereFacts(summary))}
${sorted.map((model, index) => modelCard(model, `picture-${index}`, models.length === 1))}`,
    footer: html`model-to-edge ${version} · ${count(models.length, "model")} · exit code ${summary.exit_code} · ${webLink("what green means", `${docs}/what-green-means.md`)}`,
  });
}

/** Why the gravest do not ship, and what to do next: before anything else. */
function causes({ models }: Summary, docs: string): Content {
  const red = byGravity(models).filter(
    ({ ships, why }) => !ships && why !== "skipped",
  );

  return red.slice(0, EXPLAINED).map((model) => {
    const { name, because, next, reasons } = model;
    const [reason] = reasons;
    const page =
      reason &&
      html` ${webLink("More about this", `${docs}/${pageAbout(reason)}`)}`;
    const subject = models.length > 1 && html`<code>${name}</code>: `;
    const step =
      next.length > 0 &&
      html` <b>What to do next:</b> ${partsMarkup(sentencesOf([next]))}`;

    return html`<p>${subject}${partsMarkup(sentencesOf([because]))}${step}${page ?? null}</p>`;
  });
}

function resultLine({ publication }: Summary): Content {
  const { status, reason } = publication;
  if (status === "published")
    return html`<p>The edge models are published.</p>`;
  if (status === "unchanged")
    return html`<p>Nothing new to publish: the store already holds this result.</p>`;

  const why = marked(
    reason ?? (status === "none" ? "it was not requested" : ""),
  );

  return html`<p>Nothing was published${why.length > 0 && html`: ${partsMarkup(why)}`}.</p>`;
}

function whereFacts({ source, store, publication }: Summary): Content {
  return html`${facts([
    [
      "Published at",
      publication.commit &&
        webLink(html`<code>${publication.commit}</code>`, publication.url),
    ],
    [
      "Made from",
      html`<code>${store.url}</code>, branch <code>${store.branch}</code>, state <code>${store.commit}</code>`,
    ],
    [
      "Git",
      source.git_ref &&
        html`<code>${source.git_ref}</code> ${source.git_sha && html`at <code>${shortHash(source.git_sha)}</code>`}`,
    ],
    ["Merge request", source.merge_request && `!${source.merge_request}`],
    [
      "Pipeline",
      source.pipeline_url && webLink(source.pipeline_url, source.pipeline_url),
    ],
    ["Job", source.job_url && webLink(source.job_url, source.job_url)],
  ])}${command("Fetch the edge models:", publication.fetch)}${command("Verify what was fetched:", publication.verify)}`;
}

/** Models that are fine are folded away where there are several. */
function modelCard(model: ReportModel, id: string, alone: boolean): Markup {
  const { summary } = model;
  const tone = toneOf(summary);
  const open: Markup | null =
    alone || !summary.ships || tone === "warn" ? html` open` : null;

  return html`<details class="card"${open}><summary>${icon(tone)}<h2 id="${modelAnchor(summary.name)}">${summary.name}</h2><span class="soft">${verdictWord(summary)}</span></summary>
<div>${explanation(summary)}
${evidence(model, id)}
${part("Files", fileTable(summary.files))}
${part("How it was made", made(model))}
${part("Reproduce", command("On your machine:", summary.reproduce))}</div></details>`;
}

function evidence(
  { conversion, verdict, previews, classes }: ReportModel,
  id: string,
): Content {
  const seen = verdict && { verdict, previews, classes, id };
  return [
    seen && part("Seen side by side", seenSideBySide(seen)),
    verdict && part("Outputs compared", outputTable(outputsOf(verdict))),
    verdict &&
      part(
        "Intermediate tensors compared",
        outputTable(intermediateOf(verdict)),
      ),
    seen && part("Behaviour: the sample that agrees least", leastAgreed(seen)),
    verdict && part("Checks", checkList(verdict.checks)),
    verdict && part("Devices", deviceTable(verdict.checks)),
    verdict && part("Judged by", policyPart(verdict)),
    conversion && part("Warnings of the engine", list(conversion.warnings)),
  ];
}

function made({ summary, conversion }: ReportModel): Content {
  const stages = Object.entries(summary.timings).filter(
    ([name]) => !name.includes("."),
  );

  const total = stages.reduce((sum, [, seconds]) => sum + seconds, 0);

  return facts([
    ...environmentFacts(summary.engine, conversion?.environment ?? {}),
    [
      "Speed here",
      summary.performance && `${summary.performance} (one thread)`,
    ],
    ["Isolation", summary.isolation],
    [
      "Code",
      summary.code !== undefined &&
        html`from Git, <code>${summary.code.folder}/</code> of <code>${summary.code.commit.slice(0, 8)}</code>`,
    ],
    ["Time", total > 0 && html`${formatSeconds(total)}${stageBar(stages)}`],
  ]);
}
