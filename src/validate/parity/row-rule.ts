import { LAYER_FACTOR } from "../layers/judge-layers.ts";
import { roundingIn, type WrongPart, worse } from "./case-rule.ts";
import type { FloatAccumulator, Totals } from "./float-accumulator.ts";
import { isUnit, UNIT_FLOOR } from "./float-rule.ts";

/** Of fewer rows the noise may be small by luck. */
const LEAST_ROWS = 8;
/** As many errors may be beside one of the source's: where rounding decides, each side may be off at other rows. */
const PER_NOISE = 3;
/** Sets of rows that are judged, from the smaller half on. */
const MOST_SETS = 32;

/**
 * Rows of few values lend their noise to each other, as that of one may be small by luck. But a row in other units has
 * so much of it that no other would be wrong. So errors are compared by rank: the third largest error with the largest
 * noise, the sixth with the second, and so on. That is done for the rows with the smallest numbers too, as more than a
 * third may be in other units; for half of the rows at least, as numbers smaller than usual may be those of rounding
 * beside larger ones. Null where none is wrong by that.
 */
export function wrongRows(accumulator: FloatAccumulator): WrongPart | null {
  const rows = accumulator.perCase
    .flatMap((each) => each.rows)
    .toSorted((a, b) => a.scale - b.scale);
  const least = Math.max(LEAST_ROWS, Math.ceil(rows.length / 2));
  const step = Math.max(1, Math.ceil((rows.length - least) / MOST_SETS));
  let worst: WrongPart | null = null;

  for (let count = rows.length; count >= least; count -= step) {
    const found = wrongIn(rows.slice(0, count), accumulator);
    if (found) worst = worse(worst, found);
  }

  return worst;
}

/** By rank, among some of the rows. */
function wrongIn(
  rows: readonly Totals[],
  accumulator: FloatAccumulator,
): WrongPart | null {
  const floor = isUnit(accumulator) ? UNIT_FLOOR : Number.MIN_VALUE;
  const noises = Float64Array.from(rows, roundingIn(accumulator)).toSorted();
  const errors = rows.toSorted((a, b) => b.error - a.error);

  return errors
    .map((of, rank) => {
      const beside = noises.at(-Math.ceil((rank + 1) / PER_NOISE)) ?? 0;

      return {
        ...{ of, noise: Math.max(beside, floor) },
        where: "in rows like this",
      };
    })
    .slice(PER_NOISE - 1)
    .filter(({ of, noise }) => of.error > LAYER_FACTOR * noise)
    .reduce<WrongPart | null>(worse, null);
}
