import { sameKind } from "../evidence/tensor.ts";
import type { ChannelLayout } from "./channels.ts";
import type {
  Element,
  FloatAccumulator,
  FloatCase,
  Numbers,
} from "./float-accumulator.ts";

/** The three sides of one case. */
interface Values {
  onnx: Numbers;
  exact: Numbers;
  noisy: Numbers;
}

/**
 * Values of one channel that lie side by side. One object for all, as there may be as many of them as values; whole
 * numbers only, which cost nothing to write.
 */
interface Stretch {
  channel: number;
  from: number;
  to: number;
  /** NaN, infinite, or too far apart for a number. */
  special: number;
  /** Where the error is the largest of the channel so far; −1 where it is not. */
  worst: number;
}

/** Largest error, noise and size of each channel; special values must be the same on both sides. */
export function compareValues(
  accumulator: FloatAccumulator,
  floatCase: FloatCase,
  { outer, channels, inner }: ChannelLayout,
  values: Values,
): void {
  const before = total(accumulator.counts);
  const stretch: Stretch = { channel: 0, from: 0, to: 0, special: 0, worst: 0 };

  for (let row = 0; row < outer; row++)
    for (let channel = 0; channel < channels; channel++) {
      stretch.channel = channel;
      stretch.from = stretch.to;
      stretch.to += inner;

      measure(accumulator, stretch, values);
      if (stretch.special > 0)
        addSpecial(accumulator, floatCase, stretch, values);
      if (stretch.worst >= 0 && floatCase.onnx)
        addWorst(accumulator, floatCase, stretch, values);
    }

  if (floatCase.onnx) accumulator.values += total(accumulator.counts) - before;
}

/** Every value of every case comes through here: locals, plain comparisons, and no object is made. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: in parts it takes six times as long where channels are the last axis
function measure(
  accumulator: FloatAccumulator,
  stretch: Stretch,
  { onnx, exact, noisy }: Values,
): void {
  const { channel, from, to } = stretch;
  const { counts, noise: noises, scales, errors, worst } = accumulator;
  let error = -1;
  let noise = noises[channel] as number;
  let scale = scales[channel] as number;
  let least = accumulator.least;
  let most = accumulator.most;
  let special = 0;
  let at = from;

  for (let flat = from; flat < to; flat++) {
    const x = exact[flat] as number;
    const e = Math.abs((onnx[flat] as number) - x);
    const n = Math.abs((noisy[flat] as number) - x);

    // Any NaN or infinity makes one of the differences NaN or infinite; `<` is false for both.
    if (!(e < Number.POSITIVE_INFINITY && n < Number.POSITIVE_INFINITY)) {
      special++;
      continue;
    }

    if (e > error) {
      error = e;
      at = flat;
    }

    const a = Math.abs(x);
    if (n > noise) noise = n;
    if (a > scale) scale = a;
    if (x < least) least = x;
    if (x > most) most = x;
  }

  counts[channel] = (counts[channel] as number) + to - from - special;
  noises[channel] = noise;
  scales[channel] = scale;
  if (least < accumulator.least) accumulator.least = least;
  if (most > accumulator.most) accumulator.most = most;

  const isFirst = error >= 0 && worst[channel] === undefined;
  stretch.special = special;
  stretch.worst = isFirst || error > (errors[channel] as number) ? at : -1;
}

/** Special values must be the same on both sides, with their sign; where they are, they count. */
function addSpecial(
  accumulator: FloatAccumulator,
  floatCase: FloatCase,
  { channel, from, to }: Stretch,
  { onnx, exact, noisy }: Values,
): void {
  const { counts, masks, nans } = accumulator;

  for (let flat = from; flat < to; flat++) {
    const [y, x, n] = [
      onnx[flat] as number,
      exact[flat] as number,
      noisy[flat] as number,
    ];
    const apart = Math.max(Math.abs(y - x), Math.abs(n - x));
    if (apart < Number.POSITIVE_INFINITY) continue;

    const isStable = sameKind(n, x);
    if (!isStable) accumulator.sourceMasks += 1;

    // Where all three are finite, their difference was too large for a number.
    if (isStable && sameKind(y, x) && !Number.isFinite(y)) {
      counts[channel] = (counts[channel] as number) + 1;
      nans[channel] = (nans[channel] as number) + Number(Number.isNaN(y));
    } else if (isStable || !(sameKind(y, x) || sameKind(y, n))) {
      masks.count += 1;
      masks.first ??= element(floatCase, flat, y, x);
    }
  }
}

function addWorst(
  { errors, worst }: FloatAccumulator,
  floatCase: FloatCase,
  { channel, worst: at }: Stretch,
  { onnx, exact }: Values,
): void {
  const [y, x] = [onnx[at] as number, exact[at] as number];
  errors[channel] = Math.abs(y - x);
  worst[channel] = element(floatCase, at, y, x);
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function element(
  { name, exact }: FloatCase,
  flat: number,
  onnx: number,
  source: number,
): Element {
  return { case: name, flat, dims: exact.dims, onnx, source };
}
