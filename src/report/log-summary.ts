import { sentencesOf } from "../explanation.ts";
import { formatBytes } from "../format-bytes.ts";
import { plain } from "../message.ts";
import {
  byGravity,
  count,
  headlineOf,
  type Tone,
  toneOf,
  verdictWord,
} from "./headline.ts";
import type { Summary, SummaryModel } from "./summary.ts";

/**
 * The closing lines of the job's log: what happened to each model, where the result is, where to read on.
 * `report` is the path of the report's page as the reader would open it, null where there is none.
 */
export function renderLogSummary(
  summary: Summary,
  { report }: { report: string | null },
): string[] {
  const width = Math.min(
    32,
    Math.max(0, ...summary.models.map(({ name }) => name.length)),
  );
  return [
    "",
    plain(headlineOf(summary).parts),
    ...byGravity(summary.models)
      .toReversed()
      .flatMap((model) => modelLines(model, width)),
    ...summary.notices.map((notice) => `  note: ${notice}`),
    ...resultLines(summary),
    ...(report === null ? [] : [`report: ${report}`]),
  ];
}

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
