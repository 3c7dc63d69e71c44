import { expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import type { Tensor } from "../../../src/validate/evidence/tensor.ts";
import { addFloatCase } from "../../../src/validate/parity/add-float-case.ts";
import { evidenceOf } from "../../../src/validate/parity/evidence.ts";
import { createFloatAccumulator } from "../../../src/validate/parity/float-accumulator.ts";
import { reportFloat } from "../../../src/validate/parity/float-output.ts";

function judgeEmpty(tolerance: Partial<typeof STRICT.tolerance>) {
  const accumulator = createFloatAccumulator("float32", 1, 0);
  const empty: Tensor = {
    dtype: "float32",
    dims: [3, 0],
    data: new Float32Array(0),
  };
  addFloatCase(accumulator, {
    name: "one",
    onnx: empty,
    exact: empty,
    noisy: null,
  });
  const policy = { ...STRICT.tolerance, ...tolerance };
  return reportFloat(
    { name: "y", called: 'output "y"' },
    [3, 0],
    accumulator,
    evidenceOf("fp64", policy),
  );
}

test("an output without a value is unproven, unless a policy asks for none", () => {
  expect(judgeEmpty({})).toMatchObject({
    kind: "unproven",
    message: expect.stringContaining("only 0 values"),
  });
  expect(judgeEmpty({ range_relative: 1e-3, min_values: 0 }).status).toBe(
    "pass",
  );
});

test("a case without rows, as where nothing was found, is not what others are compared with", () => {
  const accumulator = createFloatAccumulator("float32", 1, 2);
  const rows = [
    [],
    [1, 2],
    [3, 4, 5, 6],
    [],
    [7, 8],
    [9, 10, 11, 12, 13, 14, 15, 16],
  ];
  for (const values of rows) {
    const found: Tensor = {
      dtype: "float32",
      dims: [values.length / 2, 2],
      data: Float32Array.from(values),
    };
    addFloatCase(accumulator, {
      name: `${values.length / 2} rows`,
      onnx: found,
      exact: found,
      noisy: found,
    });
  }
  const shape = [0, 2];
  const evidence = evidenceOf("fp64", { ...STRICT.tolerance });
  const named = { name: "y", called: 'output "y"' };

  expect(reportFloat(named, shape, accumulator, evidence).kind).not.toBe(
    "unproven",
  );
});
