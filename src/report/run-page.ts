import { sentencesOf } from "../text/explanation.ts";
import { marked, plain } from "../text/message.ts";
import { shortHash } from "./format.ts";
import { byGravity, count, headlineOf, namesOfSome } from "./headline.ts";
import { legendCard } from "./html/legend.ts";
import { type Content, framed, html, type Markup } from "./html/markup.ts";
import { modelCard } from "./html/model-card.ts";
import { command, list } from "./html/model-parts.ts";
import { modelTable } from "./html/model-table.ts";
import { pagePieces } from "./html/page.ts";
import { answer, card, facts, partsMarkup, webLink } from "./html/parts.ts";
import { TABLE_SCRIPT } from "./html/table-script.ts";
import { type Lane, timeline } from "./html/timeline.ts";
import { whatItIs } from "./html/what-it-is.ts";
import { modelAnchor, pageAbout } from "./note-links.ts";
import type { ReportModel } from "./report-model.ts";
import { isFetchable } from "./reproduce.ts";
import { redCauses } from "./same-cause.ts";
import type { Summary, SummaryModel } from "./summary.ts";

export interface RunPage {
  summary: Summary;
  models: readonly ReportModel[];
  version: string;
  /** The folder of the documentation's pages. */
  docs: string;
}

/** Models that are shown in full, the gravest first: of the others the page says what they are and what was found. */
const IN_FULL = 25;

/** The page of a whole run, in pieces: the answer, where the result is, and every model in full. */
export function runPagePieces(page: RunPage): Generator<string> {
  const { summary, models, version, docs } = page;
  const around = {
    title: plain(headlineOf(summary).parts),
    footer: html`model-to-edge ${version} · ${count(models.length, "model")} · exit code ${summary.exit_code} · ${webLink("what green means", `${docs}/what-green-means.md`)}`,
    script: TABLE_SCRIPT,
  };

  return pagePieces(around, bodyPieces(page));
}

function* bodyPieces({
  summary,
  models,
  version,
  docs,
}: RunPage): Generator<Markup> {
  const headline = headlineOf(summary);
  const places = new Map(
    byGravity(models.map((model) => model.summary)).map((each, place) => [
      each,
      place,
    ]),
  );
  const place = (model: ReportModel) => places.get(model.summary) ?? 0;
  const sorted = models
    .toSorted((a, b) => place(a) - place(b))
    .map((model) => ({ ...model, facts: factsOf(model, version) }));

  yield html`<div class="over">Edge models from <code>${summary.store.url}</code>, branch <code>${summary.store.branch}</code></div>
${answer(headline.tone, partsMarkup(headline.parts), [causes(summary, docs), resultLine(summary)])}
`;

  const { frame, rows } = modelTable(sorted);
  yield* framed(card("Models", frame), rows);

  yield html`
${card("Notices", list(summary.notices.map((notice) => partsMarkup(marked(notice)))))}
`;

  for (const [index, model] of sorted.entries())
    yield modelCard(model, {
      id: `picture-${index}`,
      isAlone: models.length === 1,
      isFull: index < IN_FULL,
      canFetch: isFetchable(summary.publication),
    });

  yield html`
${card("Time", timeline(summary.timeline ?? [], lanesOf(models)))}
${card(summary.publication.commit ? "Where the result is" : "Where it comes from", whereFacts(summary), "where")}
${models.some(({ verdict }) => verdict !== null) && legendCard()}`;
}

function lanesOf(models: readonly ReportModel[]): Lane[] {
  return models.map(({ summary: { name }, conversion }) => ({
    name,
    spans: conversion?.timeline ?? [],
  }));
}

function factsOf(
  { summary, conversion, contract, performance }: ReportModel,
  version: string,
) {
  const { timings, files } = summary;
  const seconds = Object.entries(timings)
    .filter(([stage]) => !stage.includes("."))
    .reduce((sum, [, spent]) => sum + spent, 0);

  return whatItIs({
    ...{ contract, conversion, performance, files, seconds },
    // What was made before may have been made by another version.
    version: summary.status === "unchanged" ? null : version,
  });
}

/** Why the gravest do not ship, and what to do next: before anything else. */
function causes({ models }: Summary, docs: string): Content {
  return redCauses(byGravity(models)).map((group) => {
    const [{ because, next, reasons }] = group;
    const [reason] = reasons;
    const page =
      reason &&
      html` ${webLink("More about this", `${docs}/${pageAbout(reason)}`)}`;
    const subject =
      group.length < models.length && html`${linkedNames(group)}: `;
    const step =
      next.length > 0 &&
      html` <span class="next"><b>What to do next:</b> ${partsMarkup(sentencesOf([next]))}</span>`;

    return html`<p>${subject}${partsMarkup(sentencesOf([because]))}${step}${page ?? null}</p>`;
  });
}

/** The first few models, which lead to their parts of the page, and how many there are beside them. */
function linkedNames(models: readonly SummaryModel[]): Content {
  return namesOfSome(models).map((part) =>
    "name" in part
      ? html`<a href="#${encodeURIComponent(modelAnchor(part.name))}"><code>${part.name}</code></a>`
      : partsMarkup([part]),
  );
}

function resultLine({ publication, models }: Summary): Content {
  const { status, reason } = publication;
  if (status === "published")
    return html`<p>${models.length === 1 ? "The edge model is published" : "The edge models are published"}. <a href="#where">Where to find ${models.length === 1 ? "it" : "them"}</a></p>`;
  if (status === "unchanged")
    return html`<p>Nothing new to publish: the store already holds this result.</p>`;

  const why = marked(
    reason ?? (status === "none" ? "publication was not requested" : ""),
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
