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

function casesOf({ summary, conversion, verdict }: ReportModel): TestCase[] {
  const failure = conversion?.failure;
  const conversionCase: TestCase =
    summary.status === "failed"
      ? {
          name: "conversion",
          // A checkpoint that does not fit is a finding, a crash or a missing file is not.
          state: failure?.kind === "mismatch" ? "failure" : "error",
          type: failure?.code ?? "failed",
          message: [summary.sentence, summary.next].filter(Boolean).join("\n"),
        }
      : {
          name: "conversion",
          state: summary.status === "converted" ? "passed" : "skipped",
          type: "",
          message: summary.status,
        };

  return [conversionCase, ...numbered((verdict?.checks ?? []).map(checkCase))];
}

function checkCase({ check, status, kind, ...result }: CheckResult): TestCase {
  const message = plain(result.message);
  if (status === "fail")
    return { name: check, state: "failure", type: kind ?? "fail", message };
  if (status === "skip")
    return { name: check, state: "skipped", type: "", message };
  return { name: check, state: "passed", type: "", message };
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
