import type {
  CaseTotals,
  FloatCase,
  Numbers,
  Totals,
} from "./float-accumulator.ts";

/** The three sides of one case; `onnx` is that of the source where it was not run. */
interface Sides {
  onnx: Numbers;
  exact: Numbers;
  noisy: Numbers;
}

/** Of more rows, some that lie side by side are taken together. */
const MOST_ROWS = 64;

/** Of the values that are finite on all sides, and not too far apart for a number. A pass of its own costs less than to do it channel by channel. */
export function caseTotals(floatCase: FloatCase, sides: Sides): CaseTotals {
  const size = sides.exact.length;
  const [first = 1] = floatCase.exact.dims;
  const step = Math.ceil(first / MOST_ROWS) * (size / first);
  const rows: Totals[] = [];

  for (let from = 0; from < size; from += step)
    rows.push(totals(floatCase, sides, from, Math.min(size, from + step)));

  return { rows, whole: together(rows) };
}

function totals(
  { name, exact: { dims } }: FloatCase,
  { onnx, exact, noisy }: Sides,
  from: number,
  to: number,
): Totals {
  let live = 0;
  let error = 0;
  let noise = 0;
  let scale = 0;
  let flat = from;

  for (let at = from; at < to; at++) {
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

/** Null where there are no rows. */
function together(rows: readonly Totals[]): Totals | null {
  return rows.reduce<Totals | null>(
    (all, row) =>
      all && {
        live: all.live + row.live,
        error: Math.max(all.error, row.error),
        noise: Math.max(all.noise, row.noise),
        scale: Math.max(all.scale, row.scale),
        worst: row.error > all.error ? row.worst : all.worst,
      },
    rows[0] ? { ...rows[0], live: 0 } : null,
  );
}
