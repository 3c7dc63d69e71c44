import { numbersOf, type Tensor } from "../evidence/tensor.ts";

/** One detection. `row` is its place in the output of its image. */
export interface Box {
  row: number;
  /** x1, y1, x2, y2; more where boxes are rotated. */
  corners: number[];
  score: number;
  label: number;
}

/** Boxes by image, and how many values are no numbers. Rows that only fill up (score <= 0, label −1) are left out. */
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
  const found = Array.from({ length: images }, (_, image) => {
    const boxes: Box[] = [];
    for (let row = 0; row < rows; row++) {
      const at = image * rows + row;
      const box = Array.from(values.subarray(at * width, (at + 1) * width));
      const label = classes ? (classes[at] ?? 0) : 0;
      const score = box.pop() ?? 0;
      if (score <= 0 || label === -1) continue;

      if (Number.isFinite(score) && box.every(Number.isFinite))
        boxes.push({ row, corners: box, score, label });
      else notFinite += 1;
    }

    return boxes;
  });

  return { images: found, notFinite };
}

export function longestSide({ corners }: Box): number {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners;
  return Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1));
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
