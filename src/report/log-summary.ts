import { EXIT_MEANINGS } from "../errors.ts";
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
import { type Spent, timeLines } from "./log-time.ts";
import { pageAbout } from "./note-links.ts";
import type { Summary, SummaryModel } from "./summary.ts";

/** Where a reader can go on; null where there is no such place. */
export interface ReportPlaces {
  /** The run's page, as the reader would open it. */
  path: string | null;
  /** Among the job's artifacts. */
  url: string | null;
}

/** What the closing lines know beside the summary. */
export interface LogEnd {
  report: ReportPlaces;
  /** The folder of the documentation's pages. */
  docs: string;
  /** Where the time of the whole run went; null in a step of its own, which knows the models' stages alone. */
  spent: Spent | null;
}

/**
 * The closing lines of the job's log: what passed as a count, where the result is, where the time went, where to read
 * on; then the answer, what does not ship with its next step, the gravest last, and what the exit code means.
 */
export function renderLogSummary(summary: Summary, end: LogEnd): string[] {
  const { models, notices, exit_code: exitCode } = summary;
  const passed = models.filter((model) => toneOf(model) === "pass");
  const others = byGravity(models)
    .filter((model) => toneOf(model) !== "pass")
    .toReversed();
  const width = Math.min(
    32,
    Math.max(0, ...models.map(({ name }) => name.length)),
  );
  const lines = (ships: boolean) =>
    others
      .filter((model) => model.ships === ships)
      .flatMap((model) => modelLines(model, width, end.docs));
  const meaning = EXIT_MEANINGS[exitCode];

  return [
    "",
    ...passLines(passed, width, end.docs),
    ...lines(true),
    ...notices.map((notice) => `  notice: ${notice}`),
    ...resultLines(summary),
    ...timeLines(models, end.spent),
    ...[end.report.path, end.report.url].flatMap((place) =>
      place === null ? [] : `report: ${place}`,
    ),
    "",
    plain(headlineOf(summary).parts),
    ...lines(false),
    ...(meaning === undefined ? [] : [`exit code ${exitCode}: ${meaning}`]),
  ];
}

/** One model in full; several as a count. */
function passLines(
  passed: readonly SummaryModel[],
  width: number,
  docs: string,
): string[] {
  if (passed.length < 2)
    return passed.flatMap((model) => modelLines(model, width, docs));

  const reused = passed.filter(({ status }) => status === "unchanged").length;
  const unchanged = reused > 0 ? `, ${reused} of them unchanged` : "";
  const names = passed.slice(0, NAMED).map(({ name }) => name);
  const rest =
    passed.length > NAMED ? ` and ${passed.length - NAMED} more` : "";

  return [
    `  ${MARKS.pass} ${passed.length} models may ship${unchanged}: ${names.join(", ")}${rest}`,
  ];
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

function modelLines(
  model: SummaryModel,
  width: number,
  docs: string,
): string[] {
  const found = plain(sentencesOf([model.answer, model.because]));
  const lines = [
    `  ${MARKS[toneOf(model)]} ${model.name.padEnd(width)}  ${verdictWord(model)}${found && `. ${found}`}`,
  ];
  if (model.ships) return lines;

  for (const { check, parts } of model.reasons.slice(1))
    lines.push(`      ${check}: ${plain(parts)}`);
  if (model.next.length > 0) lines.push(`      next: ${plain(model.next)}`);
  if (model.reproduce) lines.push(`      reproduce: ${model.reproduce}`);
  const [first] = model.reasons;
  if (first) lines.push(`      more: ${docs}/${pageAbout(first)}`);

  return lines;
}

function resultLines({ publication, store, models }: Summary): string[] {
  const { status, commit, url, reason, fetch, verify } = publication;
  const where = `${store.url}, branch ${store.branch}`;

  if (status === "withheld" || status === "none") {
    const why =
      reason ?? (status === "none" ? "publication was not requested" : null);
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
    ...(verify === null ? [] : [`  verify: ${verify}`]),
  ];
}
