import type { Box } from "../detection/boxes.ts";
import { iou } from "../detection/iou.ts";

/** Pixels of the input; null where it is no picture. */
export interface PictureSize {
  width: number;
  height: number;
}

/** A box is sure from this score on; where none is, from half of the best one. */
const SURE = 0.3;
/** Two boxes of one label are one from this overlap on, as the field counts a hit. */
const SAME = 0.5;

/** The boxes as a device must take them: cut at the edges of the picture, without those that have no area then. */
export function clipped(
  boxes: readonly Box[],
  size: PictureSize | null,
): Box[] {
  if (!size) return [...boxes];
  return boxes.flatMap((box) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, ...more] = box.corners;
    if (more.length > 0) return [box];

    const inside = (value: number, most: number) =>
      Math.min(Math.max(value, 0), most);
    const [left, right] = [inside(x1, size.width), inside(x2, size.width)];
    const [top, bottom] = [inside(y1, size.height), inside(y2, size.height)];

    return right > left && bottom > top
      ? [{ ...box, corners: [left, top, right, bottom] }]
      : [];
  });
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
  return best >= SURE ? SURE : best / 2;
}

/** How many sure boxes of both sides there are, and how many have a partner, sure or not, on the other. */
export function agreedBoxes(
  ones: readonly Box[],
  others: readonly Box[],
  confident: number,
): { agreed: number; total: number } {
  const [left, right] = [
    partnered(ones, others, confident),
    partnered(others, ones, confident),
  ];
  return {
    agreed: left.agreed + right.agreed,
    total: left.total + right.total,
  };
}

/** The surest first; each partner counts once. */
function partnered(
  ones: readonly Box[],
  others: readonly Box[],
  confident: number,
): { agreed: number; total: number } {
  const counted = ones
    .filter(({ score }) => score >= confident && score > 0)
    .toSorted((a, b) => b.score - a.score);

  const free = new Set(others);
  let agreed = 0;

  for (const box of counted) {
    let best: Box | null = null;
    for (const other of free)
      if (
        other.label === box.label &&
        iou(box, other) >= (best ? iou(box, best) : SAME)
      )
        best = other;

    if (!best) continue;

    free.delete(best);
    agreed += 1;
  }

  return { agreed, total: counted.length };
}
