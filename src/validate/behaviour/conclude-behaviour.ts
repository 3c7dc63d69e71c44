import {
  type Agreement,
  agreementText,
  isRefused,
  rateOf,
  SAID,
} from "../agreement/agreement.ts";
import {
  type Finding,
  passed,
  skipped,
  unproven,
  warned,
  wrong,
} from "../check.ts";
import type { BoxPicture } from "../detection/box-picture.ts";
import type { IntermediateComparison } from "../intermediate/compare-intermediate.ts";
import {
  type Absent,
  intermediateName,
} from "../intermediate/intermediate-names.ts";
import type { OutputReport } from "../output-report.ts";
import { moreFindings } from "../parity/conclude-parity.ts";
import type { WindowFinding } from "../windows/compare-windows.ts";

/** What the check puts into its details. */
export interface BehaviourDetails {
  /** The unpatched source's own tensors inside of the graph. */
  intermediate: OutputReport[];
  /** Inner tensors, and predictions, that were not compared. */
  not_compared: IntermediateComparison["absent"];
  /** Cases that the inner tensors were compared in. */
  intermediate_cases: string[];
  agreement: Omit<Agreement, "boxes">[];
  /** What the source's own prediction gives for the same tensors, as values. */
  predicted: OutputReport[];
  /** Of a detector: the sample that agrees least. */
  boxes: BoxPicture[];
}

/** What was compared with the unpatched source, and what was not. */
export interface BehaviourEvidence {
  intermediate: IntermediateComparison;
  agreement: readonly Agreement[];
  /** The source's own prediction on the same tensors, as values: what is wrong counts, the evidence is parity's. */
  predicted: OutputReport[];
  /** The mean of windows, beside the source's own inference. */
  windows: WindowFinding;
  /** What the engine could not give: inner tensors, `predict`, `pipeline`. */
  leftOut: readonly Absent[];
  /** Why a fault may lie behind the outputs, where the references hold nothing before them. */
  hidden: string | null;
  /** The outputs lose what lies before them. */
  isLossy: boolean;
}

/** Evidence against the model, then what was to be compared and was not, then what a person should know. */
export function concludeBehaviour(
  evidence: BehaviourEvidence,
): Finding<BehaviourDetails> {
  const { intermediate, agreement } = evidence;
  const details = detailsOf(evidence);

  const faults = wrongOf(intermediate.reports.source);
  if (faults.length > 0)
    return wrong(`${AGAINST}: ${firstOf(faults)}`, details);

  const otherwise = wrongOf(details.predicted);
  if (otherwise.length > 0) return wrong(firstOf(otherwise), details);

  const excused = new Set(evidence.leftOut.map(({ name }) => name));
  const apart = agreement
    .filter((each) => !excused.has(each.with))
    .flatMap(({ problem }) => problem ?? []);
  if (apart.length > 0) return wrong(firstOf(apart), details);

  const refused = agreement.filter(isRefused).map(agreementText);
  if (refused.length > 0) return wrong(refused.join("; "), details);

  // The references hold them, so that the source can give them: the graph cannot.
  const missing = absentText(intermediate.absent);
  if (missing.length > 0)
    return unproven(`${missing.join("; ")}; ${GET_THEM}`, details);

  const lacks = lacksOf(evidence);
  if (lacks.length > 0) return warned(lacks.join("; "), details);

  return rightOf(evidence, details);
}

const AGAINST =
  "the unpatched source model computes different values before the outputs";
const GET_THEM =
  "convert the model again and publish the graph exactly as exported";
const NOTHING =
  "the references contain nothing that the unpatched source model computed itself";

function wrongOf(reports: readonly OutputReport[]): string[] {
  return reports
    .filter(({ kind }) => kind === "wrong")
    .map(({ message }) => message);
}

function detailsOf({
  intermediate,
  agreement,
  predicted,
  windows,
  leftOut,
}: BehaviourEvidence): BehaviourDetails {
  return {
    intermediate: intermediate.reports.source,
    not_compared: [...intermediate.absent, ...leftOut],
    intermediate_cases: intermediate.cases,
    agreement: agreement.map(({ boxes: _, ...rest }) => rest),
    predicted: [...predicted, ...windows.reports],
    boxes: agreement.flatMap(({ boxes }) => boxes ?? []).slice(0, 1),
  };
}

/** Nothing speaks against the model, but not all was shown. */
function lacksOf({
  intermediate,
  agreement,
  windows,
  leftOut,
  hidden,
  isLossy,
}: BehaviourEvidence): string[] {
  const { source, rewritten } = intermediate.reports;
  const heads = leftOut.filter(({ name }) => name.startsWith("raw."));
  const unpredicted = leftOut.filter(({ name }) => name === "predict");
  const open = [...source, ...rewritten]
    .filter(({ status, kind }) => status === "warn" || kind === "unproven")
    .map(({ message }) => message);

  const why = new Map(leftOut.map((each) => [each.name, each.why]));
  const problems = agreement.flatMap(({ problem, with: own }) =>
    problem === null ? [] : [`${problem}: ${why.get(own) ?? ""}`],
  );
  const lower = agreement.filter((each) => rateOf(each) < SAID);

  return [
    ...(hidden ? [hidden] : []),
    ...(windows.lacks ? [windows.lacks] : []),
    ...(isLossy ? absentText(heads) : []),
    ...unpredicted.map(
      (each) => `the source's own prediction was not compared: ${each.why}`,
    ),
    ...(open.length > 0 ? [`not proved: ${firstOf(open)}`] : []),
    ...problems.map(
      (problem) => `the source's own prediction cannot be compared: ${problem}`,
    ),
    ...lower.map(agreementText),
  ];
}

function rightOf(
  { intermediate, agreement, windows, leftOut }: BehaviourEvidence,
  details: BehaviourDetails,
): Finding<BehaviourDetails> {
  const { source } = intermediate.reports;
  const said = [
    ...(source.length > 0
      ? [
          `intermediate tensors that match the unpatched source: ${source.length}`,
        ]
      : []),
    ...windows.reports.map(({ message }) => message),
    ...agreement.map(agreementText),
  ];
  if (said.length > 0) return passed(said.join("; "), details);

  const why = leftOut
    .filter(({ name }) => name === "predict")
    .map((each) => `: ${each.why}`);

  return skipped(`not run: ${NOTHING}${why.join("")}`, details);
}

function absentText(absent: readonly Absent[]): string[] {
  const [first, ...others] = absent;
  if (!first) return [];

  const more = others.length > 0 ? ` (and ${moreFindings(others.length)})` : "";

  return [
    `the heads before the outputs were not compared: ${intermediateName(first.name).called}: ${first.why}${more}`,
  ];
}

function firstOf([first = "", ...others]: string[]): string {
  return others.length > 0
    ? `${first} (and ${moreFindings(others.length)})`
    : first;
}
