import type { KeepRule } from "../../detection/keep-rule.ts";
import { ulp } from "../channels.ts";
import { FACTOR, NOISE_CAP, UNIT_FLOOR } from "../float-rule.ts";
import {
  type DetectionAccumulator,
  imageKey,
} from "./detection-accumulator.ts";
import { explainedBySourceNoise } from "./source-noise.ts";
import type { Unmatched } from "./unmatched.ts";

/** Part of the boxes that fp32 and fp64 of a trained source may not share. */
const UNSTABLE = 0.01;
/** Part of all boxes that may be lost without a reason, at most one an image. */
const LOST = 0.001;

export interface ValueJudgement {
  error: number;
  noise: number;
  tolerance: number;
}

export interface DetectionJudgement {
  corners: ValueJudgement;
  scores: ValueJudgement;
  /** Not explained by the source's noise. */
  extra: Unmatched[];
  missing: Unmatched[];
  /** How many are. */
  explained: number;
  /** The others are more than what may be lost. */
  lost: boolean;
  unstable: boolean;
  noisy: boolean;
}

/**
 * Detections as sets: matched boxes by the noise rule, corners and scores apart; a box without a match only where the
 * source's own noise explains it. Where fp64 says what reaches the suppression, no box may be lost without such a reason.
 */
export function judgeDetections(
  accumulator: DetectionAccumulator,
  keep: KeepRule,
): DetectionJudgement {
  const corners = valueJudgement(
    accumulator.corners,
    4 * ulp(accumulator.corners.scale, "float32"),
  );

  const scores = valueJudgement(accumulator.scores, UNIT_FLOOR);
  const explained = explainedBySourceNoise(accumulator, keep, {
    score: scores.tolerance,
    pixels: corners.tolerance,
  });

  const left = (boxes: Unmatched[]) =>
    boxes.filter((unmatched) => !explained.has(unmatched));
  const [extra, missing] = [left(accumulator.extra), left(accumulator.missing)];

  return {
    corners,
    scores,
    extra,
    missing,
    explained: explained.size,
    lost: isLost([...extra, ...missing], accumulator.boxes),
    unstable:
      accumulator.unstable.single + accumulator.unstable.exact >
      UNSTABLE * accumulator.boxes,
    noisy:
      accumulator.corners.noise > NOISE_CAP * accumulator.corners.scale ||
      accumulator.scores.noise > NOISE_CAP * accumulator.scores.scale,
  };
}

function valueJudgement(
  { error, noise }: { error: number; noise: number },
  floor: number,
): ValueJudgement {
  const allowed = Math.max(noise, floor);
  return { error, noise: allowed, tolerance: FACTOR * allowed };
}

function isLost(unexplained: readonly Unmatched[], boxes: number): boolean {
  if (unexplained.some(({ hasBefore }) => hasBefore)) return true;
  const images = new Set(unexplained.map(imageKey));

  return (
    unexplained.length > Math.floor(LOST * boxes) ||
    unexplained.length > images.size
  );
}
