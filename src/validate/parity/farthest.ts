import { numbersOf, sameShape, type Tensor } from "../evidence/tensor.ts";

/** Of several tensors, at each place the value that is farthest from `exact`; null where none has its shape. */
export function farthest(
  exact: Tensor,
  others: readonly Tensor[],
): Tensor | null {
  const same = others
    .filter(({ dims }) => sameShape(dims, exact.dims))
    .map(numbersOf);
  if (same.length === 0) return null;

  const middle = numbersOf(exact);
  const data = Float64Array.from(middle);

  for (const values of same)
    for (let flat = 0; flat < data.length; flat++) {
      const center = middle[flat] as number;
      const apart = Math.abs((values[flat] as number) - center);

      // NaN beside a number is as far as can be.
      if (
        !(apart <= Math.abs((data[flat] as number) - center)) &&
        !Number.isNaN(data[flat])
      )
        data[flat] = values[flat] as number;
    }

  return { dtype: "float64", dims: exact.dims, data };
}
