import { sentencesOf } from "../explanation.ts";
import { shortHash } from "./format.ts";
import { byGravity, headlineOf, toneOf, verdictWord } from "./headline.ts";
import { cell, code, codeBlock, link, prose, proseParts } from "./markdown.ts";
import { noteCause, noteDetails } from "./note-details.ts";
import { ICONS } from "./note-icons.ts";
import type { Summary, SummaryModel } from "./summary.ts";

/** Where a reader of the note can go on; null where there is no such place. */
export interface NoteLinks {
  /** The run's page among the job's artifacts. */
  report: string | null;
  /** All artifacts of the job. */
  artifacts: string | null;
  /** The job's log. */
  job: string | null;
}

/** Models whose cause is visible above the table. */
const EXPLAINED = 3;
/** Models in the table, and with details. */
const LISTED = 30;

/**
 * The note on the merge request, GitLab's Markdown: the answer, why and what to do next, one table, details folded,
 * where the result is. Foreign text is neutral: no mention, link, quick action or HTML of its own.
 */
export function renderNote(
  summary: Summary,
  links: NoteLinks,
  version: string,
): string {
  const { tone, parts } = headlineOf(summary);
  const models = byGravity(summary.models);
  const listed = models.slice(0, LISTED);

  const blocks = [
    `### ${ICONS[tone]} ${proseParts(parts)}`,
    ...causes(models),
    resultLine(summary),
    summary.notices.map((notice) => `- ${prose(notice)}`).join("\n"),
    modelTable(listed),
    moreLine(models.length - listed.length, links),
    whereBlock(summary, links),
    ...listed.flatMap(noteDetails),
    footer(summary, links, version),
  ];

  return `${blocks.filter(Boolean).join("\n\n")}\n`;
}

/** Of what does not ship, else of what ships with a warning. */
function causes(models: readonly SummaryModel[]): string[] {
  const red = models.filter(({ ships, why }) => !ships && why !== "skipped");
  const warned = models.filter((model) => toneOf(model) === "warn");
  const explained = red.length > 0 ? red : warned;

  return explained
    .slice(0, EXPLAINED)
    .map((model) => noteCause(model, models.length > 1));
}

function resultLine({ publication, store }: Summary): string {
  const { status, commit, reason } = publication;
  const place = `branch ${code(store.branch)} of ${code(store.url)}`;
  if (status === "published")
    return `Published on ${place}${commit ? ` at commit ${code(shortHash(commit))}` : ""}.`;
  if (status === "unchanged")
    return `Nothing new to publish: ${place} already holds this result.`;

  const because = reason ? `: ${prose(reason)}` : "";

  return status === "withheld"
    ? `**Not published**${because}`
    : `Not published${because || ": it was not requested"}`;
}

function modelTable(models: readonly SummaryModel[]): string {
  if (models.length === 0) return "";
  const rows = models.map((model) => {
    const { answer, because } = model;
    const cells = [
      code(model.name),
      `${ICONS[toneOf(model)]} ${verdictWord(model)}`,
      proseParts(sentencesOf([answer, because])) || "–",
    ];
    return `| ${cells.map(cell).join(" | ")} |`;
  });

  return ["| Model | Verdict | Finding |", "|---|---|---|", ...rows].join("\n");
}

function moreLine(more: number, { report }: NoteLinks): string {
  if (more <= 0) return "";
  const place = link("the report", report) ?? "the job's report";

  return `And ${more} more: see ${place}.`;
}

function footer({ store }: Summary, links: NoteLinks, version: string): string {
  const data = `data branch ${code(store.branch)} at ${code(shortHash(store.commit))}`;
  return `<sub>${[`model-to-edge ${code(version)}`, data, link("job log", links.job)].filter(Boolean).join(" · ")}</sub>`;
}

function whereBlock({ publication }: Summary, links: NoteLinks): string {
  const places = [
    link("Report with pictures and numbers", links.report),
    link("all files of the job", links.artifacts),
    link("edge models in the store", publication.url),
  ].filter(Boolean);

  const blocks = [
    places.length > 0 && `**Where is it?** ${places.join(" · ")}`,
  ];
  if (publication.fetch)
    blocks.push("Fetch the edge models:", codeBlock(publication.fetch, "sh"));

  return blocks.filter(Boolean).join("\n\n");
}
