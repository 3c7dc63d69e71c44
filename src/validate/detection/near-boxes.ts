import type { Box } from "./boxes.ts";

/** Boxes in the order of their left edges, to find those near a place without looking at all. */
export interface NearBoxes {
  /** Boxes whose left edges lie within `reach` of that of `box`, by their places in the list. */
  around(box: Box, reach: number): Iterable<number>;
}

/** In n log n. */
export function nearBoxes(boxes: readonly Box[]): NearBoxes {
  const order = boxes
    .map((_, place) => place)
    .sort((a, b) => leftOf(boxes[a]) - leftOf(boxes[b]));

  return {
    *around(box, reach) {
      const left = leftOf(box);
      for (let at = firstFrom(left - reach); at < order.length; at++) {
        const place = order[at] as number;
        if (leftOf(boxes[place]) - left > reach) return;
        yield place;
      }
    },
  };

  /** The first of the order whose left edge is not below. */
  function firstFrom(left: number): number {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (leftOf(boxes[order[middle] as number]) < left) low = middle + 1;
      else high = middle;
    }

    return low;
  }
}

function leftOf(box: Box | undefined): number {
  return box?.corners[0] ?? 0;
}
