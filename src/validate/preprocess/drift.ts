import { ALLOWED, levelsPerUnit, type Planes } from "./compare.ts";
import { CHANNELS, type Picture } from "./picture.ts";
import type { Step } from "./steps.ts";

/**
 * Grey levels by which all pixels of one value may be off together. Rounding goes either way and leaves less; a mean
 * of Caffe's in place of ImageNet's makes 0.4, a division by 256 in place of 255 makes 1 at white.
 */
export const ALLOWED_DRIFT = 0.2;
/** Standard errors that chance may make of it. */
const CHANCE = 6;

/**
 * How far the darkest or brightest pixels of a channel are off for certain, in grey levels, by the line that fits the
 * differences to the pixels best. It finds a wrong mean or std that moves no pixel by a level. Both have one size;
 * pixels that are farther off than rounding takes them do not count.
 */
export function drift(
  made: Picture,
  source: Planes,
  steps: readonly Step[],
): number {
  const levels = levelsPerUnit(steps);

  return Math.max(
    ...Array.from({ length: CHANNELS }, (_, channel) =>
      drifted(pixelsOf(made, source, channel, levels[channel] ?? 1)),
    ),
  );
}

/** Pixels of one channel, in grey levels. */
interface Pixels {
  values: number[];
  /** By which each is more than the source's. */
  differences: number[];
}

function pixelsOf(
  { data, width, height }: Picture,
  source: Planes,
  channel: number,
  levels: number,
): Pixels {
  const pixels: Pixels = { values: [], differences: [] };

  for (let place = 0; place < width * height; place++) {
    const value = data[place * CHANNELS + channel] as number;
    const difference = (value - source.at(channel, place)) * levels;
    if (!(Math.abs(difference) <= ALLOWED)) continue;

    pixels.values.push(value * levels);
    pixels.differences.push(difference);
  }

  return pixels;
}

function drifted({ values, differences }: Pixels): number {
  const count = values.length;
  const [meanValue, meanDifference] = [average(values), average(differences)];

  const spread = sum(values, (value) => (value - meanValue) ** 2);
  const together = sum(
    values,
    (value, at) =>
      (value - meanValue) * ((differences[at] as number) - meanDifference),
  );
  const slope = spread > 0 ? together / spread : 0;
  const line = (value: number) => meanDifference + slope * (value - meanValue);

  const left = sum(
    values,
    (value, at) => ((differences[at] as number) - line(value)) ** 2,
  );
  const variance = left / Math.max(1, count - 2);
  const error = (value: number) =>
    Math.sqrt(
      variance *
        (1 / count + (spread > 0 ? (value - meanValue) ** 2 / spread : 0)),
    );

  const [low, high] = endsOf(values);
  const surely = (value: number) =>
    Math.abs(line(value)) - CHANCE * error(value);

  return count < 3 ? 0 : Math.max(0, surely(low), surely(high));
}

function endsOf(values: readonly number[]): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values)
    [low, high] = [Math.min(low, value), Math.max(high, value)];

  return [low, high];
}

function average(values: readonly number[]): number {
  return sum(values, (value) => value) / values.length;
}

function sum(
  values: readonly number[],
  term: (value: number, at: number) => number,
): number {
  return values.reduce((total, value, at) => total + term(value, at), 0);
}
