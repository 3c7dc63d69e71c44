import type { Tolerance } from "../../../config/policy.ts";
import type { DetectionNames } from "../../detection/detection-names.ts";
import type { KeepRule } from "../../detection/keep-rule.ts";
import {
  emptyReport,
  type OutputReport,
  short,
  worstText,
} from "../../output-report.ts";
import { NO_NOISE } from "../evidence.ts";
import { SINGLE } from "../float-output.ts";
import type { EvidenceKind } from "../output-plan.ts";
import { policyNames } from "../policy-rule.ts";
import type {
  DetectionAccumulator,
  Unmatched,
} from "./detection-accumulator.ts";
import { type DetectionJudgement, judgeDetections } from "./detection-rule.ts";

export interface DetectionPlan extends DetectionNames {
  keep: KeepRule;
  /** How many classes the contract has; null where it does not say. */
  classes: number | null;
  evidence: EvidenceKind;
  tolerance: Tolerance;
}

const ENOUGH_BOXES = 8;
const ENOUGH_PICTURES = 2;

/** The report on the boxes of a detector; that of the labels follows from it. */
export function reportDetections(
  plan: DetectionPlan,
  shape: number[],
  dtype: string,
  accumulator: DetectionAccumulator,
): OutputReport {
  const judgement = judgeDetections(accumulator, plan.keep);
  const report = measures(plan, shape, dtype, accumulator, judgement);
  const against = evidenceAgainst(plan, accumulator, judgement, report);

  if (against)
    return {
      ...report,
      status: "fail",
      kind: "wrong",
      message: `detections "${plan.dets}": ${against}`,
    };

  const open = missingEvidence(plan, accumulator, judgement);
  if (open)
    return {
      ...report,
      status: "fail",
      kind: "unproven",
      message: `detections "${plan.dets}": ${open}`,
    };

  const { corners, scores, excused } = judgement;
  const message =
    `all ${accumulator.boxes} boxes of "${plan.dets}" are the source's (largest corner difference ${short(corners.error)}, ` +
    `score ${short(scores.error)}${excused > 0 ? `; ${excused} at the edge of being kept` : ""})`;
  if (plan.evidence !== "fp32" || isByPolicy(plan))
    return { ...report, message };

  return {
    ...report,
    status: "warn",
    evidence: "fp32",
    message: `${message}; "${plan.dets}" ${SINGLE}`,
  };
}

function isByPolicy({ tolerance }: DetectionPlan): boolean {
  return tolerance.absolute !== null || tolerance.range_relative !== null;
}

function measures(
  plan: DetectionPlan,
  shape: number[],
  dtype: string,
  accumulator: DetectionAccumulator,
  judgement: DetectionJudgement,
): OutputReport {
  const { corners, scores } = judgement;
  const byScore =
    scores.error / scores.tolerance > corners.error / corners.tolerance;
  const decisive = byScore ? scores : corners;

  return {
    ...emptyReport(plan.dets, dtype, shape),
    rule: policyNames(plan.tolerance).length > 0 ? "policy" : "detections",
    values: accumulator.boxes,
    cases: accumulator.cases,
    channels: 2,
    failing_channels:
      Number(corners.error > corners.tolerance) +
      Number(scores.error > scores.tolerance),
    max_abs: decisive.error,
    range: [0, Math.max(accumulator.corners.scale, accumulator.scores.scale)],
    range_relative: relativeError(accumulator),
    mask_mismatches: accumulator.notFinite,
    noise: decisive.noise,
    tolerance: decisive.tolerance,
    would_notice: corners.tolerance,
    worst: worstValue(accumulator, byScore),
  };
}

function relativeError({ corners, scores }: DetectionAccumulator): number {
  return Math.max(
    corners.scale > 0 ? corners.error / corners.scale : 0,
    scores.error,
  );
}

/** The corner or the score that differs most, by its place in the ONNX's output. */
function worstValue(
  accumulator: DetectionAccumulator,
  byScore: boolean,
): OutputReport["worst"] {
  const worst = (byScore ? accumulator.scores : accumulator.corners).worst;
  if (!worst) return null;

  const { case: name, image, onnx, source } = worst;
  const axis = onnx.corners.reduce(
    (most, value, at) =>
      gap(value, source.corners[at]) >
      gap(onnx.corners[most] ?? 0, source.corners[most])
        ? at
        : most,
    0,
  );

  const [column, ours, theirs] = byScore
    ? [onnx.corners.length, onnx.score, source.score]
    : [axis, onnx.corners[axis] ?? 0, source.corners[axis] ?? 0];

  return {
    case: name,
    index: [image, onnx.row, column],
    onnx: ours,
    source: theirs,
  };
}

function gap(a: number, b: number | undefined): number {
  return Math.abs(a - (b ?? 0));
}

function evidenceAgainst(
  plan: DetectionPlan,
  accumulator: DetectionAccumulator,
  judgement: DetectionJudgement,
  report: OutputReport,
): string | null {
  if (accumulator.notFinite > 0)
    return `${accumulator.notFinite} boxes hold NaN or infinity`;

  const where = report.worst ? worstText(report.worst) : "";
  const { corners, scores, extra, missing, lost, unsteady } = judgement;
  const { absolute, range_relative: relative } = plan.tolerance;

  if (absolute !== null || relative !== null) {
    const error = Math.max(corners.error, scores.error);
    if (absolute !== null && error > absolute)
      return `${where}; the error is ${short(error)}, at most ${absolute} by policy`;
    if (relative !== null && (report.range_relative ?? 0) > relative)
      return `${where}; the error is ${short(report.range_relative ?? 0)} of the range, at most ${relative} by policy`;
  } else if (
    plan.evidence !== "none" &&
    (corners.error > corners.tolerance || scores.error > scores.tolerance)
  ) {
    const [what, by] =
      corners.error > corners.tolerance
        ? ["corner", corners]
        : ["score", scores];

    const times = `the error ${short(by.error)} is ${short(by.error / by.noise)} times what rounding explains`;
    return shiftOf(accumulator) ?? `a ${what} differs: ${where}; ${times}`;
  }

  // Where the source itself keeps other boxes in fp32 than in fp64, a few of ours say nothing.
  const unexcused = extra.length + missing.length;
  if (
    !lost ||
    (unsteady &&
      unexcused <= accumulator.unsteady.single + accumulator.unsteady.exact)
  )
    return null;

  return shiftOf(accumulator) ?? lostText(accumulator, extra, missing);
}

/** Part of the ONNX's boxes that must say the same. */
const SHIFTED = 0.9;

/** All labels are off by the same number, and the boxes else are the source's. */
function shiftOf({ shifts, boxes }: DetectionAccumulator): string | null {
  const [most] = [...shifts].sort((a, b) => b[1] - a[1]);
  if (!most || most[0] === 0 || most[1] < SHIFTED * boxes) return null;

  const [by, count] = most;

  return `its labels are shifted by ${by > 0 ? "+" : ""}${by}: ${count} boxes are the source's but for their label`;
}

function lostText(
  accumulator: DetectionAccumulator,
  extra: readonly Unmatched[],
  missing: readonly Unmatched[],
): string {
  const counts = [
    ...(missing.length > 0
      ? [
          `${missing.length} of the source's ${accumulator.boxes} boxes are missing in the ONNX`,
        ]
      : []),
    ...(extra.length > 0 ? [`${extra.length} boxes are only in the ONNX`] : []),
  ];

  const mostConfident = [...missing, ...extra].sort(
    (a, b) => b.box.score - a.box.score,
  )[0];

  return `${counts.join(", ")}${mostConfident ? `; the surest: ${boxText(mostConfident)}` : ""}`;
}

function boxText({ case: name, image, box, nearest }: Unmatched): string {
  const corners = box.corners.map(short).join(", ");
  const other = nearest
    ? `; the nearest box of the other side has label ${nearest.box.label}, score ${short(nearest.box.score)} and lies ${short(nearest.distance)} away`
    : "; the other side has no box there";

  return `label ${box.label}, score ${short(box.score)} at [${corners}] in image ${image} of case ${name}${other}`;
}

function missingEvidence(
  plan: DetectionPlan,
  accumulator: DetectionAccumulator,
  judgement: DetectionJudgement,
): string | null {
  const byPolicy = isByPolicy(plan);
  if (plan.evidence === "none" && !byPolicy) return NO_NOISE;
  if (accumulator.sourceNotFinite > 0)
    return `${accumulator.sourceNotFinite} boxes of the source hold NaN or infinity`;

  if (judgement.unsteady)
    return (
      `${accumulator.unsteady.single} boxes of the source's own float32, and ${accumulator.unsteady.exact} of the ${accumulator.boxes} of its float64, have no partner: ` +
      "the model may be untrained; use a trained checkpoint, or samples it is sure about"
    );

  if (!byPolicy && judgement.noisy)
    return "the source itself is too noisy: its float32 boxes differ from its float64 by more than 1e-4 of their scale";

  return tooFew(plan, accumulator, judgement);
}

function tooFew(
  plan: DetectionPlan,
  accumulator: DetectionAccumulator,
  { scores }: DetectionJudgement,
): string | null {
  const enough = plan.tolerance.min_values ?? ENOUGH_BOXES;
  if (accumulator.boxes < enough)
    return `only ${accumulator.boxes} boxes in all references, ${enough} are needed; add samples that show objects`;
  if (plan.tolerance.min_values !== null) return null;
  if (accumulator.images - accumulator.emptyImages < ENOUGH_PICTURES)
    return "only one picture has boxes; add samples that show objects";

  if (
    accumulator.scoreRange[1] - accumulator.scoreRange[0] <
    8 * scores.tolerance
  )
    return "all scores are the same: a fault would not show; use a trained checkpoint";

  if (plan.labels !== null && accumulator.labels.size < 2 && plan.classes !== 1)
    return `all boxes have label ${[...accumulator.labels].join()}; add samples that show other classes`;

  return null;
}
