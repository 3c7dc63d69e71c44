import { type Box, cornerDistance } from "../../detection/boxes.ts";
import { iou } from "../../detection/iou.ts";
import type { KeepRule } from "../../detection/keep-rule.ts";
import { numbersOf, type Tensor } from "../../evidence/tensor.ts";

/** What reaches the suppression in fp64: [image, row, 4] and [image, row, class]. */
export interface BeforeNms {
  boxes: Tensor;
  scores: Tensor;
}

/** How near a box is, by fp64, to being kept or dropped: scores as they are, overlaps in pixels of a corner. */
export interface NmsMargin {
  score: number;
  pixels: number;
}

/** The box has a row in fp64 where its corners, as part of the scale, and its score are this near. */
const SAME_ROW = 1e-3;

/** Whether these tensors are what suppression reads, for as many pictures. */
export function isBeforeNms(
  boxes: Tensor,
  scores: Tensor,
  images: number,
): boolean {
  const [b, s] = [boxes.dims, scores.dims];
  return (
    b.length === 3 &&
    s.length === 3 &&
    b[0] === images &&
    s[0] === images &&
    b[1] === s[1] &&
    b[2] === 4
  );
}

/**
 * Distances of a box to the edges of being kept: the score's threshold, the cut before suppression, the overlap with a
 * rival that would drop it, and the score of such a rival. Null where fp64 knows no such box.
 */
export function nmsMargin(
  box: Box,
  image: number,
  before: BeforeNms,
  keep: KeepRule,
  rivals: readonly Box[],
): NmsMargin | null {
  const found = rowOf(box, image, before);
  if (!found) return null;

  const { exact, best } = found;
  const edge = {
    score: Number.POSITIVE_INFINITY,
    pixels: Number.POSITIVE_INFINITY,
  };
  if (keep.scoreThreshold !== null)
    edge.score = Math.abs(exact.score - keep.scoreThreshold);

  const cut =
    keep.preTopK === null ? null : cutScore(image, before, keep.preTopK);
  if (cut !== null) edge.score = Math.min(edge.score, Math.abs(best - cut));
  if (keep.nmsIou === null) return edge;

  for (const rival of rivals) {
    if (rival === box || (!keep.classAgnostic && rival.label !== box.label))
      continue;

    const shared = iou(exact, rival);
    edge.pixels = Math.min(
      edge.pixels,
      Math.abs(shared - keep.nmsIou) * shortestSide(exact, rival),
    );
    if (shared > keep.nmsIou)
      edge.score = Math.min(edge.score, Math.abs(exact.score - rival.score));
  }

  return edge;
}

/** The box as fp64 has it before suppression, and the best score of its row. */
function rowOf(
  box: Box,
  image: number,
  { boxes, scores }: BeforeNms,
): { exact: Box; best: number } | null {
  const [, rows = 0, classes = 0] = scores.dims;
  if (box.label < 0 || box.label >= classes) return null;

  const [corners, all] = [numbersOf(boxes), numbersOf(scores)];
  const scale = Math.max(1, ...box.corners.map(Math.abs));
  let exact: Box | null = null;
  let least = SAME_ROW;

  for (let row = 0; row < rows; row++) {
    const at = image * rows + row;
    const score = all[at * classes + box.label] as number;
    const gap = Math.abs(score - box.score);
    if (!(gap < least)) continue;

    const other: Box = {
      row,
      corners: Array.from(corners.subarray(4 * at, 4 * at + 4)),
      score,
      label: box.label,
    };

    const apart = gap + cornerDistance(box, other) / scale;
    if (!(apart < least)) continue;

    [exact, least] = [other, apart];
  }

  if (!exact) return null;

  const from = (image * rows + exact.row) * classes;

  return { exact, best: largest(all.subarray(from, from + classes)) };
}

/** The lowest best score of a row that is among the first k; null where all rows are. */
function cutScore(
  image: number,
  { scores }: BeforeNms,
  k: number,
): number | null {
  const [, rows = 0, classes = 0] = scores.dims;
  if (rows <= k || k < 1) return null;

  const all = numbersOf(scores);
  const best = Float64Array.from({ length: rows }, (_, row) => {
    const from = (image * rows + row) * classes;
    return largest(all.subarray(from, from + classes));
  });

  return best.sort()[rows - k] ?? null;
}

function largest(values: ArrayLike<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < values.length; at++)
    most = Math.max(most, values[at] as number);
  return most;
}

function shortestSide(...boxes: Box[]): number {
  return Math.min(
    ...boxes.flatMap(({ corners: [x1 = 0, y1 = 0, x2 = 0, y2 = 0] }) => [
      x2 - x1,
      y2 - y1,
    ]),
  );
}
