import { decisionWords } from "../decision.ts";
import { errorPage } from "../text/docs-address.ts";
import { plain } from "../text/message.ts";
import type { CheckResult } from "../validate/check-result.ts";
import { pageAbout, pageOfCheck } from "./note-links.ts";
import type { ReportModel } from "./report-model.ts";
import { element, escapeXml } from "./xml.ts";

interface TestCase {
  name: string;
  state: "passed" | "failure" | "error" | "skipped";
  /** `wrong`, `unproven`, or a failure's code. */
  type: string;
  message: string;
  /** Of the documentation, relative to its folder; null where it passed. */
  page: string | null;
}

/**
 * JUnit XML for GitLab's test tab, in pieces: a suite per model, a case per check, seconds; what failed links to its page
 * below `docs`.
 */
export function* junitPieces(
  models: readonly ReportModel[],
  docs: string,
): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="model-to-edge">\n';
  for (const model of models) yield suite(model, casesOf(model), docs);
  yield "</testsuites>\n";
}

function suite(
  { summary, conversion }: ReportModel,
  cases: TestCase[],
  docs: string,
): string {
  const tally = (state: TestCase["state"]) =>
    cases.filter((test) => test.state === state).length;
  const stages = Object.entries(conversion?.timings ?? {}).filter(
    ([stage]) => !stage.includes("."),
  );

  const time = stages.reduce((sum, [, seconds]) => sum + seconds, 0).toFixed(3);
  const attributes = {
    name: summary.name,
    tests: cases.length,
    failures: tally("failure"),
    errors: tally("error"),
    skipped: tally("skipped"),
    time,
  };

  const content = cases
    .map((test) => `    ${testCase(summary.name, test, docs)}\n`)
    .join("");

  return `  ${element("testsuite", attributes, `\n${content}  `)}\n`;
}

function testCase(
  model: string,
  { name, state, type, message, page }: TestCase,
  docs: string,
): string {
  const attributes = { name, classname: model };
  if (state === "passed") return element("testcase", attributes);
  if (state === "skipped")
    return element("testcase", attributes, element("skipped", { message }));

  return element(
    "testcase",
    attributes,
    element(state, { message, type }, escapeXml(withPage(message, page, docs))),
  );
}

function withPage(message: string, page: string | null, docs: string): string {
  return page === null ? message : `${message}\nmore: ${docs}/${page}`;
}

function casesOf(model: ReportModel): TestCase[] {
  const { why } = model.summary;
  const checks = (model.verdict?.checks ?? []).map((check) =>
    checkCase(check, why === "warning-fails"),
  );
  const isExplained = checks.some(({ state }) => state === "failure");

  return [conversionCase(model, isExplained), ...numbered(checks)];
}

/** Carries the failure, and the decision where no check does: a model that does not ship never passes all its cases. */
function conversionCase(
  { summary, conversion }: ReportModel,
  isExplained: boolean,
): TestCase {
  const { status, ships, why, because, next, reasons } = summary;
  const name = "conversion";
  const [first] = reasons;
  const page = first ? pageAbout(first) : "what-green-means.md";
  const failure = conversion?.failure;
  const message =
    [because, next].map(plain).filter(Boolean).join("\n") ||
    decisionWords(summary);

  if (status === "failed")
    return {
      name,
      // A checkpoint that does not fit is a finding, a crash or a missing file is not.
      state: ["mismatch", "refused"].includes(why) ? "failure" : "error",
      type: failure?.code ?? "failed",
      message,
      page: failure ? errorPage(failure.code) : page,
    };

  if (!ships && !isExplained)
    return { name, state: "failure", type: why, message, page };

  const state = ["converted", "rechecked"].includes(status)
    ? "passed"
    : "skipped";

  return { name, state, type: "", message: status, page: null };
}

function checkCase(
  { check, status, kind, ...result }: CheckResult,
  warningsFail: boolean,
): TestCase {
  const message = plain(result.message);
  const isFailure = status === "fail" || (status === "warn" && warningsFail);
  if (isFailure)
    return {
      name: check,
      state: "failure",
      type: kind ?? "warning",
      message,
      page: pageOfCheck(check),
    };

  const state = status === "skip" ? "skipped" : "passed";

  return { name: check, state, type: "", message, page: null };
}

/** GitLab tells cases apart by their name: the second result of a check gets a number. */
function numbered(cases: TestCase[]): TestCase[] {
  const seen = new Map<string, number>();
  return cases.map((test) => {
    const nth = (seen.get(test.name) ?? 0) + 1;
    seen.set(test.name, nth);
    return nth === 1 ? test : { ...test, name: `${test.name} ${nth}` };
  });
}
