import { decisionWords } from "../decision.ts";
import { plain } from "../message.ts";
import type { CheckResult } from "../validate/check-result.ts";
import type { ReportModel } from "./report-model.ts";
import { element, escapeXml } from "./xml.ts";

interface TestCase {
  name: string;
  state: "passed" | "failure" | "error" | "skipped";
  /** `wrong`, `unproven`, or a failure's code. */
  type: string;
  message: string;
}

/** JUnit XML for GitLab's test tab: a suite per model, a case per check, seconds. */
export function renderJunit(models: readonly ReportModel[]): string {
  const suites = models.map((model) => suite(model, casesOf(model)));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="model-to-edge">\n${suites.join("")}</testsuites>\n`;
}

function suite(
  { summary, conversion }: ReportModel,
  cases: TestCase[],
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
    .map((test) => `    ${testCase(summary.name, test)}\n`)
    .join("");

  return `  ${element("testsuite", attributes, `\n${content}  `)}\n`;
}

function testCase(
  model: string,
  { name, state, type, message }: TestCase,
): string {
  const attributes = { name, classname: model };
  if (state === "passed") return element("testcase", attributes);
  if (state === "skipped")
    return element("testcase", attributes, element("skipped", { message }));

  return element(
    "testcase",
    attributes,
    element(state, { message, type }, escapeXml(message)),
  );
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
  const { status, ships, why, because, next } = summary;
  const name = "conversion";
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
    };

  if (!ships && !isExplained)
    return { name, state: "failure", type: why, message };

  const state = ["converted", "rechecked"].includes(status)
    ? "passed"
    : "skipped";

  return { name, state, type: "", message: status };
}

function checkCase(
  { check, status, kind, ...result }: CheckResult,
  warningsFail: boolean,
): TestCase {
  const message = plain(result.message);
  const isFailure = status === "fail" || (status === "warn" && warningsFail);
  if (isFailure)
    return { name: check, state: "failure", type: kind ?? "warning", message };

  const state = status === "skip" ? "skipped" : "passed";

  return { name: check, state, type: "", message };
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
