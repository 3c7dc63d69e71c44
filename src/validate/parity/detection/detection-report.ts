import { emptyReport, type OutputReport, short } from "../../output-report.ts";
import { SINGLE } from "../float-output.ts";
import { policyNames } from "../policy-rule.ts";
import { evidenceAgainst } from "./against-detections.ts";
import type { DetectionAccumulator } from "./detection-accumulator.ts";
import { type DetectionPlan, isByPolicy } from "./detection-plan.ts";
import { type DetectionJudgement, judgeDetections } from "./detection-rule.ts";
import { missingEvidence } from "./unproven-detections.ts";

/** The output as the ONNX gives it in the first case. */
interface Given {
  shape: number[];
  dtype: string;
}

/** The report on the boxes of a detector; that of the labels follows from it. */
export function reportDetections(
  plan: DetectionPlan,
  given: Given,
  accumulator: DetectionAccumulator,
): OutputReport {
  const judgement = judgeDetections(accumulator, plan.keep);
  const report = measures(plan, given, accumulator, judgement);
  const fail = (kind: "wrong" | "unproven", why: string): OutputReport => ({
    ...report,
    status: "fail",
    kind,
    message: `detections "${plan.dets}": ${why}`,
  });

  const against = evidenceAgainst(plan, accumulator, judgement, report);
  if (against) return fail("wrong", against);

  const open = missingEvidence(plan, accumulator, judgement);
  if (open) return fail("unproven", open);

  const message = passText(plan, accumulator, judgement);
  if (plan.evidence !== "fp32" || isByPolicy(plan))
    return { ...report, message };

  return {
    ...report,
    status: "warn",
    evidence: "fp32",
    message: `${message}; "${plan.dets}" ${SINGLE}`,
  };
}

function passText(
  { dets }: DetectionPlan,
  { boxes }: DetectionAccumulator,
  { corners, scores, explained }: DetectionJudgement,
): string {
  const near =
    explained > 0 ? `; ${explained} too close to a threshold to count` : "";
  return (
    `all ${boxes} boxes of "${dets}" match the source's (largest corner difference ${short(corners.error)}, ` +
    `score ${short(scores.error)}${near})`
  );
}

function measures(
  plan: DetectionPlan,
  { shape, dtype }: Given,
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
