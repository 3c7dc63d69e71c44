import type { CaseTotals, FloatCase, Numbers } from "./float-accumulator.ts";

/** The three sides of one case; `onnx` is that of the source where it was not run. */
interface Sides {
  onnx: Numbers;
  exact: Numbers;
  noisy: Numbers;
}

/** Of the values that are finite on all sides, and not too far apart for a number. A pass of its own costs less than to do it channel by channel. */
export function caseTotals(
  { name, exact: { dims } }: FloatCase,
  { onnx, exact, noisy }: Sides,
): CaseTotals {
  let live = 0;
  let error = 0;
  let noise = 0;
  let scale = 0;
  let flat = 0;

  for (let at = 0; at < exact.length; at++) {
    const x = exact[at] as number;
    const e = Math.abs((onnx[at] as number) - x);
    const n = Math.abs((noisy[at] as number) - x);
    if (!(e < Number.POSITIVE_INFINITY && n < Number.POSITIVE_INFINITY))
      continue;

    if (e > error) {
      error = e;
      flat = at;
    }
    const a = Math.abs(x);
    if (a > 0) live++;
    if (n > noise) noise = n;
    if (a > scale) scale = a;
  }

  const worst = {
    ...{ case: name, flat, dims },
    ...{ onnx: onnx[flat] ?? Number.NaN, source: exact[flat] ?? Number.NaN },
  };

  return { live, error, noise, scale, worst };
}
