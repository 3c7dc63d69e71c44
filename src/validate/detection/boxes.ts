import { numbersOf, type Tensor } from "../evidence/tensor.ts";

/** One detection. `row` is its place in the output of its image. */
export interface Box {
  row: number;
  /** x1, y1, x2, y2; more where boxes are rotated. */
  corners: number[];
  score: number;
  label: number;
}

/**
 * Boxes by image, and how many hold NaN or infinity: those are left out. So are rows that only fill up (score <= 0,
 * label −1).
 */
export interface BoxSet {
  images: Box[][];
  notFinite: number;
}

/** The output's rows are boxes: corners and a score. */
export function areBoxes(dims: readonly number[]): boolean {
  return (dims.length === 2 || dims.length === 3) && (dims.at(-1) ?? 0) >= 5;
}

/** `dets` is [image, row, corners + score] or [row, corners + score]; without `labels` all are 0. */
export function readBoxes(dets: Tensor, labels: Tensor | null): BoxSet {
  const [width = 5, rows = 0, images = 1] = dets.dims.toReversed();
  const values = numbersOf(dets);
  const classes = labels ? numbersOf(labels) : null;
  let notFinite = 0;

  const readRow = (row: number, at: number): Box[] => {
    const corners = Array.from(values.subarray(at * width, (at + 1) * width));
    const label = classes ? (classes[at] ?? 0) : 0;
    const score = corners.pop() ?? 0;
    if (score <= 0 || label === -1) return [];
    if ([score, label, ...corners].every(Number.isFinite))
      return [{ row, corners, score, label }];

    notFinite += 1;

    return [];
  };

  const found = Array.from({ length: images }, (_, image) =>
    Array.from({ length: rows }, (__, row) =>
      readRow(row, image * rows + row),
    ).flat(),
  );

  return { images: found, notFinite };
}

export function longestSide({ corners }: Box): number {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners;
  return Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1));
}

/** A side is no longer than so many pixels, or none at all; never of a rotated box, whose corners do not say it. */
export function isThin(box: Box, pixels: number): boolean {
  return box.corners.length === 4 && shortestSide(box) <= pixels;
}

/** Negative where a corner lies on the wrong side of the other. */
export function shortestSide({ corners }: Box): number {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners;
  return Math.min(x2 - x1, y2 - y1);
}

/** Largest difference of one corner coordinate. */
export function cornerDistance(a: Box, b: Box): number {
  let most = 0;
  for (let axis = 0; axis < a.corners.length; axis++)
    most = Math.max(
      most,
      Math.abs((a.corners[axis] ?? 0) - (b.corners[axis] ?? Number.NaN)),
    );

  return most;
}

/** Largest coordinate, by its size. */
export function scaleOf(boxes: readonly Box[]): number {
  return boxes.reduce(
    (most, { corners }) => Math.max(most, ...corners.map(Math.abs)),
    0,
  );
}
