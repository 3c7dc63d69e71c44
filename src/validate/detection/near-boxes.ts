import type { Box } from "./boxes.ts";

/** Boxes in the order of one of their numbers, to find those near another without looking at all. */
export interface NearBoxes {
  /** Boxes whose number lies within `reach` of that of `box`, by their places in the list. */
  around(box: Box, reach: number): Uint32Array;
}

/** In n log n. */
export function nearBoxes(
  boxes: readonly Box[],
  keyOf: (box: Box) => number = leftOf,
): NearBoxes {
  const keys = Float64Array.from(boxes, keyOf);
  const order = Uint32Array.from(keys.keys()).sort(
    (a, b) => (keys[a] as number) - (keys[b] as number),
  );
  const sorted = Float64Array.from(order, (place) => keys[place] as number);

  return {
    around(box, reach) {
      const key = keyOf(box);
      return order.subarray(
        countBelow(sorted, (other) => other < key - reach),
        countBelow(sorted, (other) => other - key <= reach),
      );
    },
  };
}

/** How many of the first numbers are so; of those after them none is. */
function countBelow(
  sorted: Float64Array,
  isSo: (value: number) => boolean,
): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }

  return low;
}

function leftOf({ corners }: Box): number {
  return corners[0] ?? 0;
}
