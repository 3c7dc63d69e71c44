import { runtimeVersion } from "../../../src/validate/runtime/onnx-runtime.ts";
import type { BackendOutcome } from "./run.ts";

type Judged = Extract<BackendOutcome, { open: null }>;
type Open = Exclude<BackendOutcome, { open: null }>;

const isJudged = (one: BackendOutcome): one is Judged => one.open === null;
const isOpen = (one: BackendOutcome): one is Open => one.open !== null;

/** The rates, and what spoils them: `red` is right and refused; `missed` was changed, `green` cannot run, and both passed. */
export function ratesOf(outcomes: readonly BackendOutcome[]) {
  const judged = outcomes.filter(isJudged);
  const red = judged.flatMap(({ name, right }) =>
    right.outcome === "fail" ? [`${name}: ${right.sentence}`] : [],
  );
  const changed = judged.filter((one) => one.changed !== null);
  const missed = changed.flatMap(({ name, changed: one }) =>
    one?.outcome === "fail" ? [] : [name],
  );
  const broken = outcomes.filter(isOpen).filter(({ right }) => right !== null);
  const green = broken.flatMap(({ name, right }) =>
    right?.outcome === "fail" ? [] : [name],
  );
  const sentence = `${judged.length} of ${outcomes.length} cases are judged: ${judged.length - red.length} of ${judged.length} pass as they are, ${changed.length - missed.length} of ${changed.length} are refused with one value of their output changed; ${broken.length - green.length} of ${broken.length} that ONNX Runtime cannot run, or runs otherwise, are refused`;
  return { judged: judged.length, red, missed, green, sentence };
}

/** `docs/onnx-backend.md`. */
export function backendTable(
  outcomes: readonly BackendOutcome[],
  version: string,
): string {
  const { sentence, red, missed, green } = ratesOf(outcomes);
  const open = outcomes.filter(isOpen);
  const section = (what: Open["open"], title: string) => {
    const rows = open.filter((one) => one.open === what);
    const reasons = [...new Set(rows.map(({ why }) => why))];
    const byReason = reasons.map((why): [string, Open[]] => [
      why,
      rows.filter((one) => one.why === why),
    ]);
    const lines = byReason.map(
      ([why, cases]) =>
        `| ${cell(why)} | ${cases.length} | ${namesOf(cases)} |`,
    );
    return `## ${rows.length} ${title}\n\n| why | cases | which |\n| --- | ---: | --- |\n${lines.join("\n")}\n`;
  };
  return `# ONNX's own test cases

The package \`onnx\` (${version}) ships models of one or a few nodes with inputs and expected outputs, for whoever implements ONNX. Each that ONNX
Runtime supports goes through the checks of \`validate\`, twice: as it is, and with one value of its expected output changed (a float by
1 % of the largest, a half float by half of it, a whole number by one). These have one case and no double precision, so that a stated policy stands in for the
source's own noise: \`range_relative: 1e-3\`, no minimum of values. This page is written by \`npm run test:onnx\`; \`npm test\` runs a sample.

**${sentence}.**

${[...red.map((text) => `- refused: ${cell(text)}\n`), ...[...missed, ...green].map((name) => `- passed, and must not: ${name}\n`)].join("")}
${section("ONNX Runtime cannot", `cases that ONNX Runtime ${runtimeVersion()} for Node does not run, with its own reason`)}
${section("ONNX Runtime differs", "cases for which ONNX Runtime gives something else than ONNX says, beyond ONNX's own tolerance")}
${section("not judged", "cases that references cannot hold, or that no edge model may be")}
${section("no data", "cases without data in the package")}`;
}

function namesOf(cases: readonly Open[]): string {
  return cases
    .map(
      ({ name }) =>
        `\`${name.replace(/^node\/test_/, "").replace(/test_/, "")}\``,
    )
    .join(", ");
}

function cell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replaceAll("\n", " ");
}
