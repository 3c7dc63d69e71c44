import { LAYER_FACTOR } from "../layers/judge-layers.ts";
import type { WrongPart } from "./case-rule.ts";
import type { FloatAccumulator } from "./float-accumulator.ts";
import { FACTOR, judgeFloat, UNIT_FLOOR } from "./float-rule.ts";

/** Of fewer values in a channel the noise may be small by luck. */
const LEAST_VALUES = 64;

/**
 * The worst channel of a second axis, where it is wrong. Corners in pixels and scores in one output have noise of two
 * scales, and if the axis that was taken for the channels is that of the places, the corners lend theirs to the scores.
 * Scores may be sigmoids, whatever lies beside them.
 */
export function wrongAlong(other: FloatAccumulator | null): WrongPart | null {
  if (!other || other.counts.some((count) => count < LEAST_VALUES)) return null;
  const { worst } = judgeFloat(other, UNIT_FLOOR);
  const element = other.worst[worst.channel];
  if (!element || FACTOR * worst.ratio <= LAYER_FACTOR) return null;

  return {
    of: { error: worst.error, worst: element },
    noise: worst.noise,
    where: `at index ${worst.channel} of axis ${other.axis}`,
  };
}
