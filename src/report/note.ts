import { sentencesOf } from "../text/explanation.ts";
import { marked } from "../text/message.ts";
import { fetchFold } from "./fetch-fold.ts";
import { firstLines, moreLine, NOTICES } from "./first-lines.ts";
import { byGravity, headlineOf, toneOf, verdictWord } from "./headline.ts";
import { cell, code, image, link, prose, proseParts } from "./markdown.ts";
import { isExplained, noteCause, noteDetails } from "./note-details.ts";
import { ICONS } from "./note-icons.ts";
import {
  linkedNames,
  type NoteExtras,
  type NoteLinks,
  type NotePicture,
  pageAbout,
} from "./note-links.ts";
import { isFetchable } from "./reproduce.ts";
import { causesOf, redCauses, type SameCause } from "./same-cause.ts";
import type { Summary, SummaryModel } from "./summary.ts";
import { changeCell } from "./target-change.ts";

/** Models in the table, and with details. */
const LISTED = 30;
/** Of more models, only what is not green has details. */
const ALL_UNFOLD = 20;

/**
 * The note on the merge request, GitLab's Markdown: the answer, why and what to do next, one table, what else a reader
 * should know, details folded, where the result is. Foreign text is neutral: no mention, link, quick action or HTML of
 * its own. No hashes: they are in the report.
 */
export function renderNote(
  summary: Summary,
  { links, changes, picture, version }: NoteExtras,
): string {
  const { tone, parts } = headlineOf(summary);
  const models = byGravity(summary.models);
  const listed = models.slice(0, LISTED);
  const causes = explainedOf(models);
  const explained = causes.flat();
  const canFetch = isFetchable(summary.publication);

  const blocks = [
    `### ${ICONS[tone]} ${proseParts(parts, linkedNames(links))}`,
    ...causes.map((group) =>
      noteCause(group, links, group.length < models.length),
    ),
    resultLine(summary),
    picture && pictureBlock(picture, links),
    modelTable(listed, { explained, links, changes }),
    moreLine(models.length - listed.length, reportPlace(links)),
    noticeList(summary.notices, links),
    placesLine(summary, links),
    fetchFold(summary.publication),
    ...listed
      .filter((model) => isUnfolded(model, models.length))
      .flatMap((model) => noteDetails(model, links, canFetch)),
    footer(summary, links, version),
  ];

  return `${blocks.filter(Boolean).join("\n\n")}\n`;
}

/** Of what does not ship, else of what ships with a warning that the first line has no room for. */
function explainedOf(models: readonly SummaryModel[]): SameCause[] {
  const red = redCauses(models);
  if (red.length > 0) return red;

  const warned = models.filter((model) => toneOf(model) === "warn");
  return causesOf(warned.filter((model) => !isExplained(model, models.length)));
}

function noticeList(notices: readonly string[], links: NoteLinks): string {
  const lines = firstLines(notices, NOTICES, {
    lineOf: (notice) => proseParts(marked(notice)),
    where: reportPlace(links),
  });

  return lines.map((line) => `- ${line}`).join("\n");
}

function isUnfolded(model: SummaryModel, of: number): boolean {
  return of <= ALL_UNFOLD || toneOf(model) !== "pass";
}

function resultLine({ publication, store, models }: Summary): string {
  const { status, reason } = publication;
  const place = `branch ${code(store.branch)} of ${code(store.url)}`;
  const good = models.filter(({ ships }) => ships).length;
  const part = good < models.length ? ` (${good} of ${models.length})` : "";
  if (status === "published")
    return `Published what may ship${part} to ${place}.`;
  if (status === "unchanged")
    return `Nothing new to publish: ${place} already holds this result.`;

  const why = proseParts(
    sentencesOf([marked(reason ?? "publication was not requested")]),
  );

  return `**Not published.** ${why}`;
}

/** What stands above is not said twice. */
function modelTable(
  models: readonly SummaryModel[],
  { explained, links, changes }: TableExtras,
): string {
  if (models.length === 0) return "";
  const nameOf = linkedNames(links);

  const rows = models.map((model) => {
    const { answer, because, name } = model;
    const isAbove = explained.includes(model);
    const found = sentencesOf(isAbove ? [answer] : [answer, because]);
    return [
      nameOf(name),
      `${ICONS[toneOf(model)]} ${verdictWord(model)}`,
      proseParts(found) || (isAbove ? reasonLinks(model, links) : "–"),
      ...(changes ? [changeCell(changes.models.get(name))] : []),
    ];
  });
  const against = changes ? [`Against ${code(changes.target)}`] : [];
  const head = ["Model", "Verdict", "Finding", ...against];

  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map(cell).join(" | ")} |`)
    .join("\n");
}

/** The codes of what stands above the table, which lead to their pages. */
function reasonLinks({ reasons }: SummaryModel, { docs }: NoteLinks): string {
  const codes = reasons.map(
    (reason) =>
      link(code(reason.code), `${docs}/${pageAbout(reason)}`) ??
      code(reason.code),
  );
  return codes.join(", ") || "See above.";
}

interface TableExtras extends Pick<NoteExtras, "links" | "changes"> {
  explained: readonly SummaryModel[];
}

function pictureBlock({ name, url }: NotePicture, links: NoteLinks): string {
  const boxes = image("Boxes of the source, left, and of the edge model", url);
  return boxes === null
    ? ""
    : `${linkedNames(links)(name)}: what the source finds (left) and what the edge model finds (right).\n\n${boxes}`;
}

function reportPlace({ report }: NoteLinks): string {
  return link("the report", report) ?? "the job's report";
}

function placesLine({ publication }: Summary, links: NoteLinks): string {
  const places = [
    link("Report with pictures and numbers", links.report),
    link("edge models in the store", publication.url),
    link("all files of the job", links.artifacts),
    link("job log", links.job),
  ].filter(Boolean);

  return places.length > 0 ? `**Links:** ${places.join(" · ")}` : "";
}

function footer({ store }: Summary, links: NoteLinks, version: string): string {
  const branch = code(store.branch);
  const facts = [
    `model-to-edge ${prose(version)}`,
    `data branch ${link(branch, links.data) ?? branch}`,
    link("what green means", `${links.docs}/what-green-means.md`),
  ];

  return `<sub>${facts.filter(Boolean).join(" · ")}</sub>`;
}
