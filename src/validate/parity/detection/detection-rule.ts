import { ulp } from "../channels.ts";
import { FACTOR, NOISE_CAP, UNIT_FLOOR } from "../float-rule.ts";
import type { DetectionPool, Unmatched } from "./detection-pool.ts";

/** What decides which boxes are kept, from the contract; null where it does not say. */
export interface KeepRule {
  scoreThreshold: number | null;
  maxBoxes: number | null;
}

/** Part of the boxes that fp32 and fp64 of a trained source may not share. */
const UNSTEADY = 0.01;
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
  /** Without an excuse. */
  extra: Unmatched[];
  missing: Unmatched[];
  excused: number;
  /** The unexcused are more than what may be lost. */
  lost: boolean;
  unsteady: boolean;
  noisy: boolean;
}

/**
 * Detections as sets: matched boxes by the noise rule, corners and scores apart; a box without a partner is excused
 * only by the source's own evidence: its score is within the noise of the threshold or of the cut at the best k, or
 * the source's own fp32 differs from its fp64 by it.
 */
export function judgeDetections(pool: DetectionPool, keep: KeepRule): DetectionJudgement {
  const corners = valueJudgement(pool.corners, 4 * ulp(pool.corners.scale, "float32"));
  const scores = valueJudgement(pool.scores, UNIT_FLOOR);
  const unexcused = (boxes: Unmatched[]) => boxes.filter((one) => !isExcused(one, keep, scores.tolerance));
  const [extra, missing] = [unexcused(pool.extra), unexcused(pool.missing)];
  return {
    corners,
    scores,
    extra,
    missing,
    excused: pool.extra.length + pool.missing.length - extra.length - missing.length,
    lost: isLost([...extra, ...missing], pool.boxes),
    unsteady: pool.unsteady.single + pool.unsteady.exact > UNSTEADY * pool.boxes,
    noisy: pool.corners.noise > NOISE_CAP * pool.corners.scale || pool.scores.noise > NOISE_CAP * pool.scores.scale,
  };
}

function valueJudgement({ error, noise }: { error: number; noise: number }, floor: number): ValueJudgement {
  const allowed = Math.max(noise, floor);
  return { error, noise: allowed, tolerance: FACTOR * allowed };
}

function isExcused({ alsoSource, box, kept }: Unmatched, keep: KeepRule, tolerance: number): boolean {
  if (alsoSource) return true;
  if (keep.scoreThreshold !== null && Math.abs(box.score - keep.scoreThreshold) <= tolerance) return true;
  return keep.maxBoxes !== null && kept.count >= keep.maxBoxes && Math.abs(box.score - kept.lowest) <= tolerance;
}

function isLost(unexcused: readonly Unmatched[], boxes: number): boolean {
  const images = new Set(unexcused.map(({ case: name, image }) => `${image} ${name}`));
  return unexcused.length > Math.floor(LOST * boxes) || unexcused.length > images.size;
}
