import { type BytePicture, CHANNELS, emptyPicture, toByte } from "./picture.ts";

/** Weights of the taps for a part in [0, 1) of a pixel; the tap of the pixel itself is the one before the middle. */
type Weights = (part: number) => number[];

const A = -0.75;

/** `cv2.resize(..., INTER_CUBIC)`, within one grey level: OpenCV's own result depends on the processor. */
export function resizeCubic(
  picture: BytePicture,
  width: number,
  height: number,
): BytePicture {
  return resizeWide(picture, width, height, cubicWeights);
}

/** `cv2.resize(..., INTER_LANCZOS4)`, within one grey level. */
export function resizeLanczos(
  picture: BytePicture,
  width: number,
  height: number,
): BytePicture {
  return resizeWide(picture, width, height, lanczosWeights);
}

/** `interpolateCubic` of OpenCV. */
function cubicWeights(part: number): number[] {
  const near = (x: number) => ((A + 2) * x - (A + 3)) * x * x + 1;
  const far =
    ((A * (part + 1) - 5 * A) * (part + 1) + 8 * A) * (part + 1) - 4 * A;
  const [first, second] = [near(part), near(1 - part)];

  return [far, first, second, 1 - far - first - second];
}

/** `interpolateLanczos4` of OpenCV: eight taps of sinc(x) · sinc(x / 4), made to sum to 1. */
function lanczosWeights(part: number): number[] {
  const taps = Array.from({ length: 8 }, (_, tap) => {
    const x = Math.PI * (tap - 3 - part);
    return Math.abs(x) < 1e-6
      ? 1
      : (4 * Math.sin(x) * Math.sin(x / 4)) / (x * x);
  });

  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}

function resizeWide(
  picture: BytePicture,
  width: number,
  height: number,
  weights: Weights,
): BytePicture {
  const between = alongRows(picture, wideTaps(width, picture.width, weights));
  const rows = wideTaps(height, picture.height, weights);

  return alongColumns(between, width, rows);
}

/** A source place and its weight, for each place of the result. */
type WideTaps = { from: number; weight: number }[][];

/** Unrounded: [height, width of the result, 3]. */
function alongRows(
  { data, width, height }: BytePicture,
  columns: WideTaps,
): Float64Array {
  const line = columns.length * CHANNELS;
  const between = new Float64Array(height * line);

  for (let y = 0; y < height; y++)
    for (let at = 0; at < line; at++) {
      const channel = at % CHANNELS;
      let sum = 0;
      for (const { from, weight } of columns[(at - channel) / CHANNELS] ?? [])
        sum +=
          weight * (data[(y * width + from) * CHANNELS + channel] as number);

      between[y * line + at] = sum;
    }

  return between;
}

function alongColumns(
  between: Float64Array,
  width: number,
  rows: WideTaps,
): BytePicture {
  const result = emptyPicture(width, rows.length);
  const line = width * CHANNELS;

  for (const [y, taps] of rows.entries())
    for (let at = 0; at < line; at++) {
      let sum = 0;
      for (const { from, weight } of taps)
        sum += weight * (between[from * line + at] as number);
      result.data[y * line + at] = toByte(sum);
    }

  return result;
}

/** Beyond the edge the last pixel goes on. */
function wideTaps(to: number, from: number, weights: Weights): WideTaps {
  const scale = 1 / (to / from);
  return Array.from({ length: to }, (_, place) => {
    const at = (place + 0.5) * scale - 0.5;
    const first = Math.floor(at);
    const list = weights(at - first);
    const before = list.length / 2 - 1;

    return list.map((weight, tap) => ({
      from: Math.min(from - 1, Math.max(0, first - before + tap)),
      weight,
    }));
  });
}
