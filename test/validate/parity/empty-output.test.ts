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
