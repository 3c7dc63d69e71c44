import { iou } from "../../detection/iou.ts";
import type { KeepRule } from "../../detection/keep-rule.ts";
import { ulp } from "../channels.ts";
import { FACTOR, NOISE_CAP, UNIT_FLOOR } from "../float-rule.ts";
import type {
  DetectionAccumulator,
  Unmatched,
} from "./detection-accumulator.ts";

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
 * the source's own fp32 differs from its fp64 by it. Where fp64 says what reaches the suppression, also by an overlap
 * within the noise of the suppression's threshold, by a rival of the same score, by a rival that is excused itself, and
 * by the room that one left at the cut; but then no box may be lost without such a reason.
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
  const near = new Set(
    [...accumulator.extra, ...accumulator.missing].filter((one) =>
      isExcused(one, keep, scores.tolerance, corners.tolerance),
    ),
  );

  addFollowers(near, [...accumulator.extra, ...accumulator.missing], keep);
  addReplacements(near, accumulator, keep, scores.tolerance);

  const unexcused = (boxes: Unmatched[]) =>
    boxes.filter((one) => !near.has(one));
  const [extra, missing] = [
    unexcused(accumulator.extra),
    unexcused(accumulator.missing),
  ];

  return {
    corners,
    scores,
    extra,
    missing,
    excused:
      accumulator.extra.length +
      accumulator.missing.length -
      extra.length -
      missing.length,
    lost: isLost([...extra, ...missing], accumulator.boxes),
    unsteady:
      accumulator.unsteady.single + accumulator.unsteady.exact >
      UNSTEADY * accumulator.boxes,
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

function isExcused(
  one: Unmatched,
  keep: KeepRule,
  score: number,
  pixels: number,
): boolean {
  const { alsoSource, edge, box, kept } = one;
  if (alsoSource) return true;
  if (edge && (edge.score <= score || edge.pixels <= pixels)) return true;

  if (
    keep.scoreThreshold !== null &&
    Math.abs(box.score - keep.scoreThreshold) <= score
  )
    return true;

  return (
    keep.maxBoxes !== null &&
    kept.count >= keep.maxBoxes &&
    Math.abs(box.score - kept.lowest) <= score
  );
}

/** A box that an excused one dropped, or no longer drops, is excused with it. */
function addFollowers(
  excused: Set<Unmatched>,
  all: readonly Unmatched[],
  { nmsIou, classAgnostic }: KeepRule,
): void {
  if (nmsIou === null) return;
  const rivals = (one: Unmatched, other: Unmatched) =>
    one.case === other.case &&
    one.image === other.image &&
    (classAgnostic || one.box.label === other.box.label) &&
    iou(one.box, other.box) > nmsIou;

  // What is added is met later in the same walk.
  for (const leader of excused)
    for (const one of all)
      if (one.edge && !excused.has(one) && rivals(one, leader))
        excused.add(one);
}

/** Where the best k are kept, each excused box that is missing makes room for the next best one below the cut. */
function addReplacements(
  excused: Set<Unmatched>,
  { extra, missing }: DetectionAccumulator,
  keep: KeepRule,
  score: number,
): void {
  const rooms = new Map<string, number>();
  const imageOf = ({ case: name, image }: Unmatched) => `${image} ${name}`;

  for (const one of missing)
    if (excused.has(one))
      rooms.set(imageOf(one), (rooms.get(imageOf(one)) ?? 0) + 1);

  for (const one of extra.toSorted((a, b) => b.box.score - a.box.score)) {
    const room = rooms.get(imageOf(one)) ?? 0;
    const isBelow =
      keep.maxBoxes !== null &&
      one.kept.count >= keep.maxBoxes &&
      one.box.score <= one.kept.lowest + score;
    if (room === 0 || !isBelow || excused.has(one)) continue;

    excused.add(one);
    rooms.set(imageOf(one), room - 1);
  }
}

function isLost(unexcused: readonly Unmatched[], boxes: number): boolean {
  if (unexcused.some(({ explained }) => explained)) return true;
  const images = new Set(
    unexcused.map(({ case: name, image }) => `${image} ${name}`),
  );

  return (
    unexcused.length > Math.floor(LOST * boxes) ||
    unexcused.length > images.size
  );
}
