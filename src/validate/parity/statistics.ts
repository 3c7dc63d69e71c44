import type { ChannelLayout } from "./channels.ts";

/** Measures for the report; none of them decides, unless a policy says so. */
export interface Statistics {
  add(
    onnx: ArrayLike<number>,
    exact: ArrayLike<number>,
    layout: ChannelLayout,
  ): void;
  /** Signal to noise in dB; null where the error is exactly 0. */
  sqnrDb(): number | null;
  cosine(): number;
  /** |error| that 99.9 % of the values stay below, rounded up by at most 6 %. */
  p999(): number;
  /** Part of the places where the largest channel is the same; null where there is one channel. */
  argmaxAgreement(): number | null;
}

/** Buckets of a float's exponent and four bits of its fraction. */
const SHIFT = 19;
/** Of an error where the source is all 0. */
const LOWEST_DB = -999;
const BUCKETS = 1 << (32 - SHIFT);

export function createStatistics(): Statistics {
  let signal = 0;
  let noise = 0;
  let dot = 0;
  let own = 0;
  let places = 0;
  let agreed = 0;
  let several = false;
  const buckets = new Float64Array(BUCKETS);
  const value = new Float32Array(1);
  const bits = new Uint32Array(value.buffer);

  function add(
    onnx: ArrayLike<number>,
    exact: ArrayLike<number>,
    layout: ChannelLayout,
  ): void {
    for (let index = 0; index < exact.length; index++) {
      const x = exact[index] as number;
      const y = onnx[index] as number;
      const e = y - x;
      if (!(Math.abs(e) < Number.POSITIVE_INFINITY)) continue;

      signal += x * x;
      noise += e * e;
      dot += x * y;
      own += y * y;
      value[0] = Math.abs(e);

      const bucket = (bits[0] as number) >>> SHIFT;
      buckets[bucket] = (buckets[bucket] as number) + 1;
    }
    if (layout.channels > 1) compareLargest(onnx, exact, layout);
  }

  function compareLargest(
    onnx: ArrayLike<number>,
    exact: ArrayLike<number>,
    layout: ChannelLayout,
  ): void {
    const { outer, channels, inner } = layout;
    several = true;
    places += outer * inner;

    for (let row = 0; row < outer; row++)
      for (let place = 0; place < inner; place++) {
        const base = row * channels * inner + place;
        if (
          largest(onnx, base, channels, inner) ===
          largest(exact, base, channels, inner)
        )
          agreed += 1;
      }
  }

  function p999(): number {
    let left = buckets.reduce((sum, count) => sum + count, 0) * 0.001;
    for (let bucket = BUCKETS - 1; bucket > 0; bucket--) {
      left -= buckets[bucket] as number;
      if (left >= 0 || buckets[bucket] === 0) continue;

      bits[0] = (bucket + 1) << SHIFT;

      return value[0] as number;
    }

    return 0;
  }

  return {
    add,
    sqnrDb: () =>
      noise === 0 ? null : Math.max(LOWEST_DB, 10 * Math.log10(signal / noise)),
    cosine: () =>
      signal === 0 || own === 0
        ? Number(signal === own)
        : dot / Math.sqrt(signal * own),
    p999,
    argmaxAgreement: () => (several && places > 0 ? agreed / places : null),
  };
}

function largest(
  values: ArrayLike<number>,
  base: number,
  channels: number,
  step: number,
): number {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;

  for (let channel = 0, at = base; channel < channels; channel++, at += step) {
    const value = values[at] as number;
    if (value > most) {
      most = value;
      best = channel;
    }
  }

  return best;
}
