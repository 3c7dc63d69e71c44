import { CHANNELS, type Picture } from "./picture.ts";
import type { Step } from "./steps.ts";

/** Grey levels by which a pixel may differ; the 99th percentile must be within. The rest is for rounding. */
export const ALLOWED = 1 + 1 / 256;
const BINS_PER_LEVEL = 64;
const BINS = 1024 * BINS_PER_LEVEL;

/** The source's own input: a value of a channel at a place. */
export interface Planes {
  width: number;
  height: number;
  channels: number;
  at(channel: number, place: number): number;
}

/**
 * One picture [1, 3, h, w], or [1, h, w, 3] where the layout says so; null where the tensor is none. The one channel of
 * a grey picture stands for all three.
 */
export function planesOf(
  dims: readonly number[],
  data: ArrayLike<number>,
  layout: unknown,
): Planes | null {
  const last = layout === "NHWC" || layout === "HWC";
  const [channels, height, width] = last
    ? [dims.at(-1), dims.at(-3), dims.at(-2)]
    : [dims.at(-3), dims.at(-2), dims.at(-1)];

  if (
    (channels !== CHANNELS && channels !== 1) ||
    height === undefined ||
    width === undefined ||
    dims.length < 3 ||
    dims.length > 4
  )
    return null;

  const plane = width * height;
  const at = last
    ? (channel: number, place: number) =>
        data[place * channels + (channel % channels)] ?? Number.NaN
    : (channel: number, place: number) =>
        data[(channel % channels) * plane + place] ?? Number.NaN;

  return data.length < plane * channels
    ? null
    : { width, height, channels, at };
}

/** Grey levels by which the result differs from the source's input at the 99th percentile. Both have one size. */
export function levelsApart(
  { data, width, height }: Picture,
  source: Planes,
  steps: readonly Step[],
): number {
  const levels = levelsPerUnit(steps);
  const counts = new Uint32Array(BINS + 1);

  for (let place = 0; place < width * height; place++)
    for (let channel = 0; channel < CHANNELS; channel++) {
      const apart = Math.abs(
        (data[place * CHANNELS + channel] as number) -
          source.at(channel, place),
      );

      const bin = Math.ceil(apart * (levels[channel] ?? 1) * BINS_PER_LEVEL);
      const index = Number.isNaN(bin) ? BINS : Math.min(bin, BINS);

      counts[index] = (counts[index] as number) + 1;
    }

  let left = 0.01 * width * height * CHANNELS;
  for (let bin = BINS; bin > 0; bin--) {
    left -= counts[bin] as number;
    if (left < 0) return bin / BINS_PER_LEVEL;
  }

  return 0;
}

/** How many grey levels one unit of the tensor is, by channel. */
export function levelsPerUnit(steps: readonly Step[]): number[] {
  const normalize = steps.find((step) => step.kind === "normalize");
  return Array.from({ length: CHANNELS }, (_, channel) =>
    normalize
      ? Math.abs(normalize.std[channel] ?? 1) * (255 / normalize.largest)
      : 1,
  );
}
