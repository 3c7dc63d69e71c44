import { ALLOWED, type Planes } from "./compare.ts";
import { CHANNELS, type Picture } from "./picture.ts";

/** At most so many pixels are looked at. */
const SAMPLE = 50_000;

/** What the source did with the pixels: for each channel of its input, from which one, and how normalised. */
export interface Fit {
  swapped: boolean;
  mean: number[];
  std: number[];
}

/**
 * The normalisation that makes the picture's content the source's input with its corner at (left, top), by least
 * squares for each channel. Null where none does within a grey level, or where a channel has one value only.
 */
export function fitContent(
  content: Picture,
  source: Planes,
  left: number,
  top: number,
): Fit | null {
  if (
    left + content.width > source.width ||
    top + content.height > source.height
  )
    return null;

  for (const swapped of [false, true]) {
    const fits = Array.from({ length: CHANNELS }, (_, channel) =>
      fitChannel(content, source, {
        left,
        top,
        channel,
        from: swapped ? CHANNELS - 1 - channel : channel,
      }),
    );

    const good = fits.filter((fit) => fit !== null);

    if (good.length === CHANNELS)
      return {
        swapped,
        mean: good.map(({ mean }) => mean),
        std: good.map(({ std }) => std),
      };
  }

  return null;
}

function fitChannel(
  { data, width, height }: Picture,
  source: Planes,
  {
    left,
    top,
    channel,
    from,
  }: { left: number; top: number; channel: number; from: number },
): { mean: number; std: number } | null {
  const step = Math.max(1, Math.floor((width * height) / SAMPLE));
  const pairs: [number, number][] = [];

  for (let at = 0; at < width * height; at += step) {
    const place =
      (top + Math.floor(at / width)) * source.width + left + (at % width);
    pairs.push([
      data[at * CHANNELS + from] as number,
      source.at(channel, place),
    ]);
  }

  const meanX = average(pairs.map(([x]) => x));
  const meanY = average(pairs.map(([, y]) => y));
  const spread = average(pairs.map(([x]) => (x - meanX) ** 2));
  const slope =
    average(pairs.map(([x, y]) => (x - meanX) * (y - meanY))) / spread;
  if (!Number.isFinite(slope) || slope === 0) return null;

  const misses = pairs.filter(
    ([x, y]) => !(Math.abs((y - meanY) / slope - (x - meanX)) <= ALLOWED),
  ).length;

  return misses > 0.01 * pairs.length
    ? null
    : { mean: meanX - meanY / slope, std: 1 / slope };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
