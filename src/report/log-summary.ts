import { EXIT_MEANINGS } from "../errors.ts";
import { formatBytes } from "../text/format-bytes.ts";
import { plain } from "../text/message.ts";
import { someNames } from "../text/some-names.ts";
import { firstLines, NOTICES } from "./first-lines.ts";
import { byGravity, count, headlineOf, toneOf } from "./headline.ts";
import { MARKS, modelLines } from "./log-models.ts";
import { type Spent, timeLines } from "./log-time.ts";
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
  const others = models.filter((model) => toneOf(model) !== "pass");
  const gravestLast = byGravity(others.toReversed()).toReversed();
  const width = Math.min(
    32,
    Math.max(0, ...models.map(({ name }) => name.length)),
  );
  const lines = (ships: boolean) =>
    modelLines(
      gravestLast.filter((model) => model.ships === ships),
      width,
      end.docs,
    );
  const meaning = EXIT_MEANINGS[exitCode];

  return [
    "",
    ...passLines(passed, width, end.docs),
    ...lines(true),
    ...noticeLines(notices),
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
  if (passed.length < 2) return modelLines(passed, width, docs);

  const reused = passed.filter(({ status }) => status === "unchanged").length;
  const names = passed.map(({ name }) => name);
  const unchanged = reused > 0 ? `, ${reused} of them unchanged` : "";

  return [
    `  ${MARKS.pass} ${passed.length} models may ship${unchanged}: ${someNames(names)}`,
  ];
}

function noticeLines(notices: readonly string[]): string[] {
  const lines = firstLines(notices, NOTICES, {
    lineOf: (notice) => `notice: ${notice}`,
    where: "the report",
  });

  return lines.map((line) => `  ${line}`);
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
