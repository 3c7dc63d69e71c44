import {
  type Box,
  cornerDistance,
  shortestSide,
} from "../../detection/boxes.ts";
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

/** The margin of a box; null where fp64 knows no such box. */
export type MarginOf = (box: Box) => NmsMargin | null;

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
 * Distances of a box of this image to the edges of being kept: the score's threshold, the cut before suppression, the
 * overlap with a rival that would drop it, and the score of such a rival.
 */
export function nmsMargins(
  image: number,
  before: BeforeNms,
  keep: KeepRule,
  rivals: readonly Box[],
): MarginOf {
  const rows = rowsOf(image, before);
  let cut: number | null | undefined;

  return (box) => {
    const found = rowOf(box, rows);
    if (!found) return null;

    const { exact, best } = found;
    cut ??= keep.preTopK === null ? null : cutScore(rows, keep.preTopK);
    const byThreshold =
      keep.scoreThreshold === null
        ? Number.POSITIVE_INFINITY
        : Math.abs(exact.score - keep.scoreThreshold);

    const byCut =
      cut === null ? Number.POSITIVE_INFINITY : Math.abs(best - cut);

    const margin = {
      score: Math.min(byThreshold, byCut),
      pixels: Number.POSITIVE_INFINITY,
    };
    const others = rivals.filter(
      (rival) =>
        rival !== box && (keep.classAgnostic || rival.label === box.label),
    );

    return keep.nmsIou === null
      ? margin
      : withRivals(margin, exact, others, keep.nmsIou);
  };
}

/** The margin that is left beside those who would drop the box. */
function withRivals(
  margin: NmsMargin,
  exact: Box,
  rivals: readonly Box[],
  nmsIou: number,
): NmsMargin {
  let { score, pixels } = margin;

  for (const rival of rivals) {
    const shared = iou(exact, rival);
    const side = Math.min(shortestSide(exact), shortestSide(rival));
    pixels = Math.min(pixels, Math.abs(shared - nmsIou) * side);
    if (shared > nmsIou)
      score = Math.min(score, Math.abs(exact.score - rival.score));
  }

  return { score, pixels };
}

/** Of one image: four corners a row, and a score for each class. */
interface Rows {
  count: number;
  classes: number;
  corners: ArrayLike<number>;
  scores: ArrayLike<number>;
}

function rowsOf(image: number, { boxes, scores }: BeforeNms): Rows {
  const [, count = 0, classes = 0] = scores.dims;
  const from = image * count;

  return {
    count,
    classes,
    corners: numbersOf(boxes).subarray(4 * from, 4 * (from + count)),
    scores: numbersOf(scores).subarray(
      classes * from,
      classes * (from + count),
    ),
  };
}

/** The box as fp64 has it before suppression, and the best score of its row. */
function rowOf(box: Box, rows: Rows): { exact: Box; best: number } | null {
  const { count, classes, corners, scores } = rows;
  if (box.label < 0 || box.label >= classes) return null;

  const scale = Math.max(1, ...box.corners.map(Math.abs));
  let exact: Box | null = null;
  let least = SAME_ROW;

  for (let row = 0; row < count; row++) {
    const score = scores[row * classes + box.label] as number;
    const gap = Math.abs(score - box.score);
    if (!(gap < least)) continue;

    const at = 4 * row;
    const other: Box = {
      row,
      corners: [0, 1, 2, 3].map((axis) => corners[at + axis] as number),
      score,
      label: box.label,
    };

    const apart = gap + cornerDistance(box, other) / scale;
    if (apart < least) [exact, least] = [other, apart];
  }

  return exact && { exact, best: bestOf(rows, exact.row) };
}

/** The lowest best score of a row that is among the first k; null where all rows are. */
function cutScore(rows: Rows, k: number): number | null {
  const { count } = rows;
  if (count <= k || k < 1) return null;

  const best = Float64Array.from({ length: count }, (_, row) =>
    bestOf(rows, row),
  );

  return best.sort()[count - k] ?? null;
}

function bestOf({ classes, scores }: Rows, row: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let at = row * classes; at < (row + 1) * classes; at++)
    most = Math.max(most, scores[at] as number);

  return most;
}
