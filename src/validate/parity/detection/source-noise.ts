import { isThin } from "../../detection/boxes.ts";
import { iou } from "../../detection/iou.ts";
import type { KeepRule } from "../../detection/keep-rule.ts";
import {
  type DetectionAccumulator,
  imageKey,
} from "./detection-accumulator.ts";
import type { Unmatched } from "./unmatched.ts";

/** How far the source's noise moves a score, and a corner in pixels. */
interface Reach {
  score: number;
  pixels: number;
}

/**
 * The unmatched boxes that the source's own noise explains: its score is within the noise of the threshold or of the
 * cut at the best k, its area within that of none, or the source's own fp32 differs from its fp64 by it. Where fp64
 * says what reaches the suppression, also by an overlap within the noise of the suppression's threshold, by a rival of
 * the same score, by a rival that is explained itself, and by the room that one left at the cut.
 */
export function explainedBySourceNoise(
  accumulator: DetectionAccumulator,
  keep: KeepRule,
  reach: Reach,
): ReadonlySet<Unmatched> {
  const all = [...accumulator.extra, ...accumulator.missing];
  const explained = new Set(
    all.filter((unmatched) => isExplained(unmatched, keep, reach)),
  );

  addFollowers(explained, all, keep);
  addReplacements(explained, accumulator, keep, reach.score);

  return explained;
}

function isExplained(
  { alsoSource, margin, box, kept }: Unmatched,
  keep: KeepRule,
  { score, pixels }: Reach,
): boolean {
  if (alsoSource) return true;
  if (margin && (margin.score <= score || margin.pixels <= pixels)) return true;
  if (keep.dropsEmpty && isThin(box, pixels)) return true;

  const isNear = (edge: number) => Math.abs(box.score - edge) <= score;
  if (keep.scoreThreshold !== null && isNear(keep.scoreThreshold)) return true;

  return (
    keep.maxBoxes !== null && kept.count >= keep.maxBoxes && isNear(kept.lowest)
  );
}

/** A box that an explained one dropped, or no longer drops, is explained with it. */
function addFollowers(
  explained: Set<Unmatched>,
  all: readonly Unmatched[],
  { nmsIou, classAgnostic }: KeepRule,
): void {
  if (nmsIou === null) return;
  const followers = all.filter(({ margin }) => margin !== null);
  const isRival = (unmatched: Unmatched, leader: Unmatched) =>
    unmatched.case === leader.case &&
    unmatched.image === leader.image &&
    (classAgnostic || unmatched.box.label === leader.box.label) &&
    iou(unmatched.box, leader.box) > nmsIou;

  // What is added is met later in the same walk.
  for (const leader of explained)
    for (const follower of followers)
      if (!explained.has(follower) && isRival(follower, leader))
        explained.add(follower);
}

/**
 * Where the best k are kept, each explained box that is missing makes room for the next best one below the cut, and so
 * does each row without area that only the source keeps.
 */
function addReplacements(
  explained: Set<Unmatched>,
  { extra, missing, rooms: empty }: DetectionAccumulator,
  keep: KeepRule,
  score: number,
): void {
  const rooms = new Map(empty);
  for (const unmatched of missing)
    if (explained.has(unmatched))
      rooms.set(imageKey(unmatched), (rooms.get(imageKey(unmatched)) ?? 0) + 1);

  for (const unmatched of extra.toSorted((a, b) => b.box.score - a.box.score)) {
    const { kept, box } = unmatched;
    const room = rooms.get(imageKey(unmatched)) ?? 0;
    const isBelow =
      keep.maxBoxes !== null &&
      kept.count >= keep.maxBoxes &&
      box.score <= kept.lowest + score;
    if (room === 0 || !isBelow || explained.has(unmatched)) continue;

    explained.add(unmatched);
    rooms.set(imageKey(unmatched), room - 1);
  }
}
