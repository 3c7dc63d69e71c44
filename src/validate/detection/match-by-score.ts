import type { Box } from "./boxes.ts";

/**
 * The match of each box of the left, or none: the most confident first takes, of the free ones that it can be, the one whose
 * score and place are nearest. For hundreds of boxes in one place, where an optimal assignment takes minutes; a right
 * model gives nearly the same scores. `cost` is 0 to 1, above where two boxes cannot be one.
 */
export function matchByScore(
  left: readonly Box[],
  right: readonly Box[],
  cost: (left: Box, right: Box) => number,
): (Box | undefined)[] {
  const free = right.toSorted((a, b) => b.score - a.score);
  const found: (Box | undefined)[] = left.map(() => undefined);
  const order = left
    .map((_, row) => row)
    .sort((a, b) => (left[b]?.score ?? 0) - (left[a]?.score ?? 0));

  for (const row of order) {
    const at = nearest(left[row] as Box, free, cost);
    if (at < 0) continue;
    found[row] = free[at];
    free.splice(at, 1);
  }

  return found;
}

/** Looks from the equal score on to both sides, no farther than a better one could lie; −1 where there is none. */
function nearest(
  box: Box,
  free: readonly Box[],
  cost: (left: Box, right: Box) => number,
): number {
  const middle = firstBelow(box.score, free);
  let [best, least] = [-1, Number.POSITIVE_INFINITY];

  for (const step of [1, -1]) {
    let at = step > 0 ? middle : middle - 1;
    for (; at >= 0 && at < free.length; at += step) {
      const other = free[at] as Box;
      const gap = Math.abs(other.score - box.score);
      if (gap >= least) break;

      const place = cost(box, other);
      if (place <= 1 && gap + place < least) [best, least] = [at, gap + place];
    }
  }

  return best;
}

/** Of scores that fall, the first that is not above. */
function firstBelow(score: number, boxes: readonly Box[]): number {
  let [low, high] = [0, boxes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((boxes[middle]?.score ?? 0) > score) low = middle + 1;
    else high = middle;
  }

  return low;
}
