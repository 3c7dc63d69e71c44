import { LAYER_FACTOR } from "../layers/judge-layers.ts";
import { ulp } from "./channels.ts";
import type { CaseTotals, FloatAccumulator } from "./float-accumulator.ts";
import { isUnit, UNIT_FLOOR } from "./float-rule.ts";

/** Of fewer values the largest may be small by chance, beside the numbers that were rounded on the way to it. */
const LEAST_FOR_SCALE = 64;

/** A case that is farther off than what rounding explains in it. */
export interface WrongCase {
  of: CaseTotals;
  /** What rounding explains in this case. */
  noise: number;
}

/**
 * Noise is pooled over all cases, but these may not be of one scale: what rounding explains in a case of large numbers
 * does not explain as much in one of small numbers. So a case with enough values is judged by itself too, as layers are
 * by `judgeLayers`: the noise is the same part of its scale as in the case where that part is the largest. Null where no
 * case is wrong by that.
 */
export function wrongCase(accumulator: FloatAccumulator): WrongCase | null {
  const { perCase, dtype } = accumulator;
  const floor = isUnit(accumulator) ? UNIT_FLOOR : 0;
  const rounding = ({ noise, scale }: CaseTotals) =>
    Math.max(noise, 4 * ulp(scale, dtype));

  const share = perCase.reduce(
    (most, one) =>
      one.scale > 0 ? Math.max(most, rounding(one) / one.scale) : most,
    0,
  );

  const judged = perCase
    .filter(({ live }) => live >= LEAST_FOR_SCALE)
    .map((of) => ({ of, noise: Math.max(share * of.scale, floor) }))
    .filter(({ of, noise }) => of.error > LAYER_FACTOR * noise);

  return judged.reduce<WrongCase | null>(
    (worst, one) =>
      worst && worst.of.error / worst.noise >= one.of.error / one.noise
        ? worst
        : one,
    null,
  );
}
