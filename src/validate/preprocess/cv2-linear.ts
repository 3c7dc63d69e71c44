import { type BytePicture, CHANNELS, emptyPicture } from "./picture.ts";

/** Weights of OpenCV's `INTER_LINEAR` for bytes have 11 bits (`INTER_RESIZE_COEF_BITS`). */
const ONE = 2048;

/** For each place of the result: the first of the two source places, and the weights of both. */
export interface LinearTaps {
  first: Int32Array;
  weights: Int32Array;
}

/** Where a place of the result lies between two of the source. */
type Position = (place: number) => { first: number; part: number };

/**
 * Horizontal taps are moved into the picture; vertical ones are not, there the rows are (`resizeGeneric_`).
 * The part is a float32, its weight is rounded half to even.
 */
export function linearTaps(
  to: number,
  from: number,
  position: Position,
  clamped: boolean,
): LinearTaps {
  const first = new Int32Array(to);
  const weights = new Int32Array(2 * to);

  for (let place = 0; place < to; place++) {
    let { first: start, part } = position(place);
    if (clamped && (start < 0 || start >= from - 1)) {
      start = start < 0 ? 0 : from - 1;
      part = 0;
    }

    first[place] = start;
    weights[2 * place] = roundWeight(Math.fround(1 - part));
    weights[2 * place + 1] = roundWeight(part);
  }

  return { first, weights };
}

function roundWeight(part: number): number {
  const scaled = part * ONE;
  const below = Math.floor(scaled);
  const rest = scaled - below;

  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** Centres of pixels fall on centres: (x + 0.5) · scale − 0.5, in float32 as OpenCV has it. */
export function halfPixel(to: number, from: number): Position {
  const scale = 1 / (to / from);
  return (place) => {
    const at = Math.fround((place + 0.5) * scale - 0.5);
    const first = Math.floor(at);
    return { first, part: Math.fround(at - first) };
  };
}

/** `cv2.resize(..., INTER_LINEAR)` of bytes, to the bit (modules/imgproc/src/resize.cpp of OpenCV 4). */
export function resizeLinear(
  picture: BytePicture,
  width: number,
  height: number,
): BytePicture {
  const { width: sourceWidth, height: sourceHeight } = picture;
  if (width === sourceWidth && height === sourceHeight) return picture;
  // OpenCV takes the mean of four pixels where it halves both sides.
  if (2 * width === sourceWidth && 2 * height === sourceHeight)
    return halve(picture);

  const columns = linearTaps(
    width,
    sourceWidth,
    halfPixel(width, sourceWidth),
    true,
  );

  const rows = linearTaps(
    height,
    sourceHeight,
    halfPixel(height, sourceHeight),
    false,
  );

  return interpolate(picture, columns, rows);
}

/** Along rows into integers of 19 bits, then along columns with the roundings of `VResizeLinear`. */
export function interpolate(
  picture: BytePicture,
  columns: LinearTaps,
  rows: LinearTaps,
): BytePicture {
  const [width, height] = [columns.first.length, rows.first.length];
  const result = emptyPicture(width, height);
  const last = picture.height - 1;
  const line = width * CHANNELS;
  const cache: { row: number; values: Int32Array }[] = [0, 1].map(() => ({
    row: -1,
    values: new Int32Array(line),
  }));

  const rowOf = (row: number): Int32Array => {
    const inside = Math.min(last, Math.max(0, row));
    const known = cache.find((entry) => entry.row === inside);
    if (known) return known.values;

    // The older of the two is the one that is needed no more: rows are asked for in ascending order.
    const entry = cache.shift() ?? { row: -1, values: new Int32Array(line) };
    cache.push(entry);
    entry.row = inside;
    interpolateRow(picture, inside, columns, entry.values);

    return entry.values;
  };

  for (let y = 0; y < height; y++) {
    const first = rows.first[y] as number;
    const [upper, lower] = [rowOf(first), rowOf(first + 1)];
    const [a, b] = [
      rows.weights[2 * y] as number,
      rows.weights[2 * y + 1] as number,
    ];

    for (let at = 0; at < line; at++)
      result.data[y * line + at] =
        (((a * ((upper[at] as number) >> 4)) >> 16) +
          ((b * ((lower[at] as number) >> 4)) >> 16) +
          2) >>
        2;
  }

  return result;
}

function interpolateRow(
  { data, width }: BytePicture,
  row: number,
  { first, weights }: LinearTaps,
  to: Int32Array,
): void {
  const start = row * width * CHANNELS;
  const last = width - 1;

  for (let x = 0; x < first.length; x++) {
    const at = first[x] as number;
    const left = start + at * CHANNELS;
    const right = start + Math.min(last, at + 1) * CHANNELS;
    const [a, b] = [weights[2 * x] as number, weights[2 * x + 1] as number];

    for (let channel = 0; channel < CHANNELS; channel++)
      to[x * CHANNELS + channel] =
        (data[left + channel] as number) * a +
        (data[right + channel] as number) * b;
  }
}

/** The mean of 2 × 2 pixels, rounded half up; both sides are even. */
export function halve({
  data,
  width: sourceWidth,
  height: sourceHeight,
}: BytePicture): BytePicture {
  const result = emptyPicture(sourceWidth / 2, sourceHeight / 2);
  const line = sourceWidth * CHANNELS;

  for (let y = 0; y < result.height; y++)
    for (let x = 0; x < result.width; x++)
      for (let channel = 0; channel < CHANNELS; channel++) {
        const at = 2 * y * line + 2 * x * CHANNELS + channel;
        const pair = (from: number) =>
          (data[from] as number) + (data[from + CHANNELS] as number);
        result.data[(y * result.width + x) * CHANNELS + channel] =
          (pair(at) + pair(at + line) + 2) >> 2;
      }

  return result;
}
