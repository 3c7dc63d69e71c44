import { type OutputReport, short, worstText } from "../../output-report.ts";
import type { DetectionAccumulator } from "./detection-accumulator.ts";
import { type DetectionPlan, isByPolicy } from "./detection-plan.ts";
import type { DetectionJudgement } from "./detection-rule.ts";
import { nearestOf, type Unmatched } from "./unmatched.ts";

/** What speaks against the boxes, in words; null if nothing does. */
export function evidenceAgainst(
  plan: DetectionPlan,
  accumulator: DetectionAccumulator,
  judgement: DetectionJudgement,
  report: OutputReport,
): string | null {
  if (accumulator.notFinite > 0)
    return `${accumulator.notFinite} boxes contain NaN or infinity`;

  const values = isByPolicy(plan)
    ? policyExcess(plan, judgement, report)
    : plan.evidence === "none"
      ? null
      : noiseExcess(accumulator, judgement, report);

  return values ?? lostBoxes(accumulator, judgement);
}

function policyExcess(
  { tolerance: { absolute, range_relative: relative } }: DetectionPlan,
  { corners, scores }: DetectionJudgement,
  report: OutputReport,
): string | null {
  const where = placeText(report);
  const error = Math.max(corners.error, scores.error);
  if (absolute !== null && error > absolute)
    return `${where}; the error is ${short(error)}, the tolerance in conversion.yaml is ${absolute}`;

  const part = report.range_relative ?? 0;
  if (relative !== null && part > relative)
    return `${where}; the error is ${short(part)} of the range, the tolerance in conversion.yaml is ${relative}`;

  return null;
}

function noiseExcess(
  accumulator: DetectionAccumulator,
  { corners, scores }: DetectionJudgement,
  report: OutputReport,
): string | null {
  const isCorner = corners.error > corners.tolerance;
  if (!isCorner && !(scores.error > scores.tolerance)) return null;

  const [what, by] = isCorner ? ["corner", corners] : ["score", scores];
  const times = `the error ${short(by.error)} is ${short(by.error / by.noise)} times what rounding explains`;

  return (
    shiftText(accumulator) ??
    `a ${what} differs: ${placeText(report)}; ${times}`
  );
}

function placeText({ worst }: OutputReport): string {
  return worst ? worstText(worst) : "";
}

/** Where the source itself keeps other boxes in fp32 than in fp64, a few of ours say nothing. */
function lostBoxes(
  accumulator: DetectionAccumulator,
  { extra, missing, lost, unstable }: DetectionJudgement,
): string | null {
  const { single, exact } = accumulator.unstable;
  const isSource = unstable && extra.length + missing.length <= single + exact;

  return lost && !isSource
    ? (shiftText(accumulator) ?? lostText(accumulator, extra, missing))
    : null;
}

/** Part of the ONNX's boxes that must say the same. */
const SHIFTED = 0.9;

/** All labels are off by the same number, and the boxes else are the source's. */
function shiftText({ shifts, boxes }: DetectionAccumulator): string | null {
  const [most] = [...shifts].sort((a, b) => b[1] - a[1]);
  if (!most || most[0] === 0 || most[1] < SHIFTED * boxes) return null;

  const [by, count] = most;

  return `its labels are shifted by ${by > 0 ? "+" : ""}${by}: ${count} boxes match the source except for their label`;
}

function lostText(
  { boxes }: DetectionAccumulator,
  extra: readonly Unmatched[],
  missing: readonly Unmatched[],
): string {
  const counts = [
    ...(missing.length > 0
      ? [
          `${missing.length} of the source's ${boxes} boxes are missing in the ONNX model`,
        ]
      : []),
    ...(extra.length > 0
      ? [`${extra.length} boxes are only in the ONNX model`]
      : []),
  ];

  const [mostConfident] = [...missing, ...extra].sort(
    (a, b) => b.box.score - a.box.score,
  );

  return `${counts.join(", ")}${mostConfident ? `; the most confident: ${boxText(mostConfident)}` : ""}`;
}

function boxText(unmatched: Unmatched): string {
  const { case: name, image, box } = unmatched;
  const nearest = nearestOf(unmatched);
  const corners = box.corners.map(short).join(", ");
  const other = nearest
    ? `; the closest box of the other side has label ${nearest.box.label} and score ${short(nearest.box.score)} and is ${short(nearest.distance)} away`
    : "; the other side has no box there";

  return `label ${box.label}, score ${short(box.score)} at [${corners}] in image ${image} of case ${name}${other}`;
}
