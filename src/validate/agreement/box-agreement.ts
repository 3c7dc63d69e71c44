import type { Box } from "../detection/boxes.ts";
import { iou } from "../detection/iou.ts";

/** Pixels of the input; null where it is not a picture. */
export interface PictureSize {
  width: number;
  height: number;
}

/** A box is confident from this score on; where none is, from half of the best one. */
const CONFIDENT = 0.3;
/** Two boxes of one label are one from this IoU on, as the field counts a hit. */
const SAME = 0.5;

/**
 * Boxes given by their corners, as a device must take them: cut at the edges of the picture, without those that have no area. Boxes with
 * more than four coordinates are rotated, and stay.
 */
export function clipped(
  boxes: readonly Box[],
  size: PictureSize | null,
): Box[] {
  return boxes.flatMap((box) => {
    if (box.corners.length > 4) return [box];

    const corners = size ? cutAt(size, box.corners) : box.corners;
    const [left = 0, top = 0, right = 0, bottom = 0] = corners;

    return right > left && bottom > top ? [{ ...box, corners }] : [];
  });
}

function cutAt(
  { width, height }: PictureSize,
  corners: readonly number[],
): number[] {
  return corners.map((value, at) =>
    Math.min(Math.max(value, 0), at % 2 === 0 ? width : height),
  );
}

/** As many as the other side can give: a source without a limit finds hundreds where it is sure of nothing. */
export function mostConfident(
  boxes: readonly Box[],
  most: number | null,
): Box[] {
  return boxes
    .toSorted((a, b) => b.score - a.score)
    .slice(0, most ?? boxes.length);
}

/** Score from which boxes count. */
export function confidentScore(boxes: readonly Box[]): number {
  const best = boxes.reduce((most, { score }) => Math.max(most, score), 0);
  return best >= CONFIDENT ? CONFIDENT : best / 2;
}

/** Boxes of both sides in one image. */
export interface BoxImage {
  edge: readonly Box[];
  source: readonly Box[];
}

/** How many confident boxes of both sides there are, and how many have a match, confident or not, on the other. */
export function agreedBoxes(
  { edge, source }: BoxImage,
  confident: number,
): { agreed: number; total: number } {
  const sides = [
    matches(edge, source, confident),
    matches(source, edge, confident),
  ];

  return {
    agreed: sides.reduce((sum, { pairs }) => sum + pairs.length, 0),
    total: sides.reduce(
      (sum, { pairs, unmatched }) => sum + pairs.length + unmatched.length,
      0,
    ),
  };
}

/** A box, and what stands for it on the other side. */
export interface BoxPair {
  box: Box;
  match: Box;
}

/** Confident boxes with and without a match on the other side: the most confident first, each match counts once. */
export function matches(
  boxes: readonly Box[],
  others: readonly Box[],
  confident: number,
): { pairs: BoxPair[]; unmatched: Box[] } {
  const free = new Set(others);
  const pairs: BoxPair[] = [];
  const unmatched: Box[] = [];

  const counted = boxes
    .filter(({ score }) => score >= confident && score > 0)
    .toSorted((a, b) => b.score - a.score);

  for (const box of counted) {
    const match = bestMatch(box, free);
    if (!match) {
      unmatched.push(box);
      continue;
    }

    free.delete(match);
    pairs.push({ box, match });
  }

  return { pairs, unmatched };
}

function bestMatch(box: Box, others: Iterable<Box>): Box | null {
  let best: Box | null = null;
  let most = SAME;

  for (const other of others) {
    const shared = other.label === box.label ? iou(box, other) : 0;
    if (shared >= most) [best, most] = [other, shared];
  }

  return best;
}
