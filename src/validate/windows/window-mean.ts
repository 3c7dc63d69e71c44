import { numbersOf, type Tensor } from "../evidence/tensor.ts";
import type { Windows } from "../preprocess/steps.ts";
import { windowStarts } from "./window-grid.ts";

/** A window of an input: its upper left corner. */
export interface Place {
  x: number;
  y: number;
}

/** The windows of a picture [1, channels, height, width], row by row. */
export function windowPlaces(
  [, , height = 0, width = 0]: readonly number[],
  { to: [across, down], stride: [right, below] }: Windows,
): Place[] {
  return windowStarts(height, down, below).flatMap((y) =>
    windowStarts(width, across, right).map((x) => ({ x, y })),
  );
}

/** Cuts one out of a picture [1, channels, height, width] of float32. The caller has seen that it fits. */
export function cutWindow(
  picture: Tensor,
  { x, y }: Place,
  { to: [across, down] }: Windows,
): Tensor {
  const [, channels = 0, height = 0, width = 0] = picture.dims;
  const values = numbersOf(picture);
  const data = new Float32Array(channels * down * across);

  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < down; row++) {
      const from = (channel * height + y + row) * width + x;
      data.set(
        values.subarray(from, from + across),
        (channel * down + row) * across,
      );
    }

  return { dtype: "float32", dims: [1, channels, down, across], data };
}

/** The mean of what windows give, at every k-th row and column of the whole. */
export interface WindowMean {
  add(scores: Tensor, place: Place): void;
  /** [1, classes, rows, columns]; NaN where no window lies. */
  result(): Tensor;
}

/** `dims` is the shape of what the source gives, [1, classes, rows, columns], and `step` the k. */
export function createWindowMean(
  dims: readonly number[],
  step: number,
): WindowMean {
  const [, classes = 0, rows = 0, columns = 0] = dims;
  const sums = new Float64Array(classes * rows * columns);
  const counts = new Float64Array(rows * columns);

  function addPlace(
    values: ArrayLike<number>,
    place: number,
    at: number,
    size: number,
  ): void {
    counts[place] = (counts[place] as number) + 1;
    for (let kind = 0; kind < classes; kind++) {
      const sum = kind * rows * columns + place;
      sums[sum] = (sums[sum] as number) + (values[kind * size + at] as number);
    }
  }

  function add(scores: Tensor, { x, y }: Place): void {
    const [, , height = 0, width = 0] = scores.dims;
    const values = numbersOf(scores);

    for (const row of within(y, height, rows, step))
      for (const column of within(x, width, columns, step))
        addPlace(
          values,
          row * columns + column,
          (row * step - y) * width + (column * step - x),
          height * width,
        );
  }

  return {
    add,
    result: () => ({
      dtype: "float64",
      dims: [1, classes, rows, columns],
      data: sums.map((sum, at) => sum / (counts[at % counts.length] as number)),
    }),
  };
}

/** Of every k-th place, `count` of them, those that lie in a window of this length. */
function within(
  start: number,
  length: number,
  count: number,
  step: number,
): number[] {
  const first = Math.ceil(start / step);
  const end = Math.min(count, Math.ceil((start + length) / step));

  return Array.from(
    { length: Math.max(0, end - first) },
    (_, at) => first + at,
  );
}
