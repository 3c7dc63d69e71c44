import { formatBytes } from "../format-bytes.ts";
import type { Verdict } from "../validate/verdict.ts";
import { formatSeconds, shortHash } from "./format.ts";
import {
  foundOf,
  headlineOf,
  type Tone,
  toneOf,
  verdictWord,
} from "./headline.ts";
import { cell, code, codeBlock, htmlCode, link, prose } from "./markdown.ts";
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

export interface NoteExtras {
  /** Version of this program. */
  version: string;
  verdicts?: readonly Verdict[];
}

const ICONS: Record<Tone, string> = {
  pass: "✅",
  warn: "⚠️",
  fail: "❌",
  none: "➖",
};

/**
 * The note on the merge request, GitLab's Markdown: the answer, one table, details folded, where the result is.
 * Foreign text is neutral: no mention, link, quick action or HTML of its own.
 */
export function renderNote(
  summary: Summary,
  links: NoteLinks,
  { version, verdicts = [] }: NoteExtras,
): string {
  const exceptions = verdicts.reduce(
    (sum, { policy }) => sum + policy.loosened.length,
    0,
  );

  const { tone, parts } = headlineOf(summary, exceptions);
  const headline = parts
    .map((part) => ("name" in part ? code(part.name) : part.text))
    .join("");

  const blocks = [
    `### ${ICONS[tone]} ${headline}`,
    resultLine(summary),
    summary.notices.map((notice) => `- ${prose(notice)}`).join("\n"),
    modelTable(summary.models),
    whereBlock(summary, links),
    ...[...summary.models].sort(redFirst).flatMap(modelDetails),
    footer(summary, links, version),
  ];

  return `${blocks.filter(Boolean).join("\n\n")}\n`;
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
    : `Not published${because || ": nobody asked for it"}`;
}

function modelTable(models: readonly SummaryModel[]): string {
  if (models.length === 0) return "";
  const rows = models.map((model) => {
    const cells = [
      code(model.name),
      `${ICONS[toneOf(model)]} ${verdictWord(model)}`,
      prose(foundOf(model)) || "–",
    ];
    return `| ${cells.map(cell).join(" | ")} |`;
  });

  return [
    "| Model | Verdict | What was found |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}

/** Models that need work come first. */
function redFirst(a: SummaryModel, b: SummaryModel): number {
  const order: Tone[] = ["fail", "warn", "pass", "none"];
  return order.indexOf(toneOf(a)) - order.indexOf(toneOf(b));
}

function modelDetails(model: SummaryModel): string[] {
  const blocks: string[] = [];
  const reasons = model.reasons.filter(
    ({ message }) => message !== model.sentence,
  );

  blocks.push(
    reasons
      .map(({ check, message }) => `- **${prose(check)}**: ${prose(message)}`)
      .join("\n"),
  );
  if (model.next) blocks.push(`**What to do next**: ${prose(model.next)}`);

  if (model.reproduce)
    blocks.push(
      `See it again on your machine:`,
      codeBlock(model.reproduce, "sh"),
    );

  if (model.files.length > 0 && toneOf(model) !== "fail")
    blocks.push(fileTable(model));
  if (model.performance)
    blocks.push(`On this runner, one thread: ${prose(model.performance)}.`);

  blocks.push(factsLine(model));

  const title = `<summary>${ICONS[toneOf(model)]} ${htmlCode(model.name)}: details</summary>`;

  return [`<details>\n${title}`, ...blocks.filter(Boolean), "</details>"];
}

function fileTable({ files }: SummaryModel): string {
  const rows = files.map(({ path, size, sha256 }) => [
    code(path),
    formatBytes(size),
    code(sha256),
  ]);
  return [
    "| File | Size | sha256 |",
    "|---|---:|---|",
    ...rows.map((row) => `| ${row.map(cell).join(" | ")} |`),
  ].join("\n");
}

function factsLine({ engine, isolation, timings }: SummaryModel): string {
  const stages = Object.entries(timings).filter(
    ([name]) => !name.includes("."),
  );

  const facts = [
    engine && `engine ${code(engine)}`,
    isolation && `isolation ${code(isolation)}`,
    ...stages.map(
      ([name, seconds]) => `${prose(name)} ${formatSeconds(seconds)}`,
    ),
  ].filter(Boolean);

  return facts.length > 0 ? `Made with ${facts.join(", ")}.` : "";
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
