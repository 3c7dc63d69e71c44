import type { BoxPicture } from "../detection/box-picture.ts";
import { iou } from "../detection/iou.ts";

/** How many boxes both models find in the first images of the cases, and how many of them are the same. */
export interface MatchedDetections {
  was: number;
  is: number;
  matched: number;
}

/** From this score on a box counts; of padding it is 0. */
export const COUNTS_FROM = 0.3;
/** Two boxes of one class that overlap this much, as intersection over union, are one find. */
export const SAME_FROM = 0.5;

/** Greedy: the most confident box of the first model takes the box of its class that overlaps most. Null: no detector. */
export function matchDetections(
  pairs: readonly BoxPicture[],
): MatchedDetections | null {
  if (pairs.length === 0) return null;

  const found = { was: 0, is: 0, matched: 0 };
  for (const { source, edge } of pairs) {
    const [was, is] = [counting(source), counting(edge)];
    const free = new Set(is);
    for (const box of was) {
      const [best] = [...free]
        .filter((other) => labelOf(other) === labelOf(box))
        .map((other) => ({ other, overlap: overlapOf(box, other) }))
        .filter(({ overlap }) => overlap >= SAME_FROM)
        .sort((a, b) => b.overlap - a.overlap);
      if (!best) continue;

      free.delete(best.other);
      found.matched += 1;
    }
    found.was += was.length;
    found.is += is.length;
  }

  return found;
}

function counting(boxes: readonly number[][]): number[][] {
  return boxes
    .filter((box) => scoreOf(box) >= COUNTS_FROM)
    .sort((a, b) => scoreOf(b) - scoreOf(a));
}

/** Rows end in score and label. */
function scoreOf(box: readonly number[]): number {
  return box.at(-2) ?? 0;
}

function labelOf(box: readonly number[]): number {
  return box.at(-1) ?? 0;
}

function overlapOf(left: readonly number[], right: readonly number[]): number {
  const boxOf = (row: readonly number[]) => ({
    ...{ row: 0, score: scoreOf(row), label: labelOf(row) },
    corners: row.slice(0, -2),
  });

  return iou(boxOf(left), boxOf(right));
}
