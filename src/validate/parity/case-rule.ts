import { LAYER_FACTOR } from "../layers/judge-layers.ts";
import { ulp } from "./channels.ts";
import type {
  CaseTotals,
  FloatAccumulator,
  Totals,
} from "./float-accumulator.ts";
import { isUnit, UNIT_FLOOR } from "./float-rule.ts";

/** Of fewer values the largest may be small by chance, beside the numbers that were rounded on the way to it. */
const LEAST_FOR_SCALE = 64;

/** Values that are farther off than what rounding explains in them. */
export interface WrongPart {
  of: Pick<Totals, "error" | "worst">;
  /** What rounding explains there. */
  noise: number;
  /** For a message. */
  where: string;
}

/**
 * Noise is pooled over all cases, but these may not be of one scale: what rounding explains in a case of large numbers
 * does not explain as much in one of small numbers. So a row or a case with enough values is judged by itself too, as
 * layers are by `judgeLayers`: the noise is the same part of its scale as where that part is the largest. Null where
 * none is wrong by that.
 */
export function wrongPart(accumulator: FloatAccumulator): WrongPart | null {
  const floor = isUnit(accumulator) ? UNIT_FLOOR : 0;
  const rounding = roundingIn(accumulator);
  const parts = accumulator.perCase.flatMap(partsOf);

  const share = parts.reduce(
    (most, { of }) =>
      of.scale > 0 ? Math.max(most, rounding(of) / of.scale) : most,
    0,
  );

  return parts
    .filter(({ of }) => of.live >= LEAST_FOR_SCALE)
    .map((part) => ({ ...part, noise: Math.max(share * part.of.scale, floor) }))
    .filter(({ of, noise }) => of.error > LAYER_FACTOR * noise)
    .reduce<WrongPart | null>(worse, null);
}

/** The noise of some values, at least what their size rounds away. */
export function roundingIn({
  dtype,
}: FloatAccumulator): (of: Totals) => number {
  return ({ noise, scale }) => Math.max(noise, 4 * ulp(scale, dtype));
}

export function worse(worst: WrongPart | null, one: WrongPart): WrongPart {
  return worst && worst.of.error / worst.noise >= one.of.error / one.noise
    ? worst
    : one;
}

/** The rows, where they have enough values. */
function partsOf({ rows, whole }: CaseTotals): { of: Totals; where: string }[] {
  if (!whole) return [];
  if (rows.length > 1 && rows.every(({ live }) => live >= LEAST_FOR_SCALE))
    return rows.map((of) => ({ of, where: "in this row" }));

  return [{ of: whole, where: "in this case" }];
}
