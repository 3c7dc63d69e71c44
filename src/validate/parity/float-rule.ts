import { ulp } from "./channels.ts";
import type { FloatAccumulator } from "./float-accumulator.ts";

/** How many times the source's own noise an error may be: right conversions stay below 2.5, wrong ones begin at 52. */
export const FACTOR = 8;
/** A source noisier than this part of its scale (80 dB) would hide half-precision weights. */
export const NOISE_CAP = 1e-4;
/** Noise is borrowed from channels up to this much larger. */
const SIMILAR = 4;
/** ONNX Runtime's sigmoid has this absolute error. */
export const UNIT_FLOOR = 2 ** -22;
const SMALLEST = 2 ** -126;
/** Cases that differ by less than this times the noise show nothing. */
export const CASE_SPREAD = 64;

export interface ChannelJudgement {
  channel: number;
  error: number;
  /** What the source's own rounding explains, at least the floor. */
  noise: number;
  /** Error over tolerance: above 1 is wrong. */
  ratio: number;
}

export interface FloatJudgement {
  /** The channel with the largest ratio. */
  worst: ChannelJudgement;
  wrong: number[];
  /** Channels where the source is noisier than the cap. */
  highNoise: number[];
  /** How many channels have values that hardly differ between cases. */
  lowVariance: number;
  /** The smallest change that the channel with the widest tolerance would show. */
  notices: number;
}

/**
 * The rule for float outputs, per channel c over all cases: `e_c <= 8 · max(N_c, floor_c)`, where `N_c` is the largest
 * fp32 noise of channels of similar or smaller scale, of which the cap's part of c's scale counts at most. Errors and
 * noise are against the source in fp64.
 */
export function judgeFloat(
  accumulator: FloatAccumulator,
  least = isUnit(accumulator) ? UNIT_FLOOR : SMALLEST,
): FloatJudgement {
  const borrowed = borrowedNoise(accumulator.scales, accumulator.noise);
  const judgement: FloatJudgement = {
    worst: { channel: 0, error: 0, noise: 0, ratio: -1 },
    wrong: [],
    highNoise: [],
    lowVariance: 0,
    notices: 0,
  };

  for (let channel = 0; channel < accumulator.channels; channel++)
    addChannel(judgement, accumulator, channel, {
      borrowed: borrowed[channel] ?? 0,
      least,
    });

  return judgement;
}

function addChannel(
  judgement: FloatJudgement,
  accumulator: FloatAccumulator,
  channel: number,
  { borrowed, least: floor }: { borrowed: number; least: number },
): void {
  const scale = accumulator.scales[channel] ?? 0;
  const error = accumulator.errors[channel] ?? 0;
  const measured = accumulator.noise[channel] ?? 0;
  const rounding = 4 * ulp(scale, accumulator.dtype);
  // Of a large softmax, small classes borrow from classes of four times their scale: no reason to call them noisy,
  // and no reason to allow them more than the cap.
  const own = Math.min(borrowed, Math.max(measured, NOISE_CAP * scale));
  const noise = Math.max(own, rounding, floor);
  const ratio = error / (FACTOR * noise);

  if (ratio > judgement.worst.ratio)
    judgement.worst = { channel, error, noise, ratio };
  if (!(ratio <= 1)) judgement.wrong.push(channel);
  // What the output's own dtype rounds away hides nothing beyond the tolerance: a half has three digits.
  if (measured > Math.max(NOISE_CAP * scale, rounding))
    judgement.highNoise.push(channel);

  // A spread below the tolerance would let a constant pass.
  const least = Math.max(CASE_SPREAD * Math.max(own, rounding), FACTOR * noise);
  if ((accumulator.spreads[channel] ?? 0) < least) judgement.lowVariance += 1;

  judgement.notices = Math.max(judgement.notices, FACTOR * noise);
}

/** All values of the source lie in [0, 1], as those of a sigmoid. */
export function isUnit({ least, most }: FloatAccumulator): boolean {
  return least >= 0 && most <= 1;
}

/** `N_c = max{ n_j : r_j <= 4 · r_c }` for all channels, in n log n. */
export function borrowedNoise(
  scales: Float64Array,
  noise: Float64Array,
): Float64Array {
  const order = Uint32Array.from(scales.keys()).sort(
    (a, b) => (scales[a] ?? 0) - (scales[b] ?? 0),
  );

  const result = new Float64Array(scales.length);
  let taken = 0;
  let most = 0;

  for (const channel of order) {
    const reach = SIMILAR * (scales[channel] ?? 0);
    for (; taken < order.length; taken++) {
      const next = order[taken] ?? 0;
      if ((scales[next] ?? 0) > reach) break;
      most = Math.max(most, noise[next] ?? 0);
    }

    result[channel] = most;
  }

  return result;
}
