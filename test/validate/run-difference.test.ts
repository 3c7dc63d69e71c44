import { expect, test } from "vitest";
import { STRICT } from "../../src/config/policy.ts";
import type { Tensor } from "../../src/validate/evidence/tensor.ts";
import { difference } from "../../src/validate/run-difference.ts";

const floats = (...values: number[]): Tensor => ({
  dtype: "float32",
  dims: [values.length],
  data: Float32Array.from(values),
});

// A row alone may hold a value that is tiny beside the others of its output: its last digits are rounding.
test("the last digits of a small value are rounding beside the output's scale", () => {
  const pair = [floats(9.6194329e-32), floats(9.619286e-32)] as const;
  const alone = { noise: 0, largest: 0 };
  const besideOthers = { noise: 0, largest: 1 };

  expect(difference(...pair, alone, STRICT.tolerance)).not.toBeNull();
  expect(difference(...pair, besideOthers, STRICT.tolerance)).toBeNull();
});

test("a difference that the scale does not explain stays one", () => {
  const pair = [floats(0.001), floats(0.002)] as const;

  expect(
    difference(...pair, { noise: 1e-7, largest: 1 }, STRICT.tolerance),
  ).toContain("0.001");
});
