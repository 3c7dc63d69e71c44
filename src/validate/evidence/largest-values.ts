import { largestOf } from "../run-difference.ts";
import type { References } from "./references.ts";
import { sizeOf } from "./tensor.ts";

/** Values of an output over all cases that are read for this; of more, one case says enough. */
const MOST = 1 << 20;

/**
 * The largest finite |value| of each output over all cases, beside which its small values are rounding: a case of one row
 * may hold only small ones. An output with many values is left out.
 */
export async function largestValues({
  cases,
  read,
}: References): Promise<Map<string, number>> {
  const entries = new Map(
    cases.flatMap(({ fp32 }) =>
      [...fp32.keys()].map((name) => [
        name,
        cases.flatMap(
          (each) => each.fp64.get(name) ?? each.fp32.get(name) ?? [],
        ),
      ]),
    ),
  );
  const largest = new Map<string, number>();

  for (const [name, of] of entries) {
    if (of.reduce((sum, { dims }) => sum + sizeOf(dims), 0) > MOST) continue;

    let most = 0;
    for (const entry of of) most = Math.max(most, largestOf(await read(entry)));
    largest.set(name, most);
  }

  return largest;
}
