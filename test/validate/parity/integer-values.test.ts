import { expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import type { Tensor } from "../../../src/validate/evidence/tensor.ts";
import { encodeTexts } from "../../../src/validate/evidence/texts.ts";
import {
  addIntegerCase,
  createIntegerAccumulator,
} from "../../../src/validate/parity/integer-accumulator.ts";
import { reportInteger } from "../../../src/validate/parity/integer-report.ts";

const LARGE = 2n ** 60n;

/** Three cases of four rows; `change` makes of each value of the source the model's. */
function judged(
  tensors: readonly Tensor[],
  change: (data: BigInt64Array) => BigInt64Array,
) {
  const accumulator = createIntegerAccumulator(tensors[0]?.dtype ?? "");
  for (const [index, source] of tensors.entries())
    addIntegerCase(accumulator, {
      name: `case-${index}`,
      onnx: { ...source, data: change(source.data as BigInt64Array) },
      ...{ fp32: source, fp64: source, variants: [] },
      ...{ margin: null, noise: null },
    });
  const plan = {
    ...{ name: "y", called: 'output "y"', evidence: "fp64" as const },
    ...{ proved: false, typeProblem: null, tolerance: STRICT.tolerance },
  };
  return reportInteger(plan, [4], accumulator);
}

const numbers = [0, 1, 2].map((first): Tensor => {
  const data = BigInt64Array.from(
    [3, 1, 4, 1],
    (each) => BigInt(each + first) + LARGE,
  );
  return { dtype: "int64", dims: [4], data };
});
const words = [0, 1, 2].map((first): Tensor => {
  const data = encodeTexts(
    [0, 1, 2, 3].map((each) => (each === first ? "Ünï" : "dog")),
  );
  return { dtype: "string", dims: [4], data };
});

test("integers that rounding to a float would make one are different values", () => {
  expect(judged(numbers, (data) => data)).toMatchObject({ status: "pass" });
});

test("one that is off is told with all its digits", () => {
  const found = judged(numbers, (data) => data.map((each) => each + 1n));

  expect(found).toMatchObject({ status: "fail", kind: "wrong" });
  expect(found.message).toContain(
    "element [0] of case case-0 is 1152921504606846980 in the ONNX model and 1152921504606846979 in the source",
  );
});

test("a text that differs is told as it is, not as a number that stands for it", () => {
  const other = encodeTexts(["Uni"])[0] ?? 0n;
  const [known] = encodeTexts(["Ünï"]);
  const found = judged(words, (data) =>
    data.map((each) => (each === known ? other : each)),
  );

  expect(found.message).toContain(
    'element [0] of case case-0 is "Uni" in the ONNX model and "Ünï" in the source',
  );
});

/** A picture of 100,000 bytes twice, of which one differs. */
function picture(onnx: number, rounded: boolean) {
  const accumulator = createIntegerAccumulator("uint8");
  for (const index of [0, 1]) {
    const data = Uint8Array.from(
      { length: 100_000 },
      (_, at) => (at + index) % 256,
    );
    const source: Tensor = { dtype: "uint8", dims: [1, 100_000], data };
    addIntegerCase(accumulator, {
      name: `case-${index}`,
      onnx: { ...source, data: index === 0 ? data.with(255, onnx) : data },
      ...{ fp32: source, fp64: source, variants: [] },
      ...{ margin: null, noise: null },
    });
  }
  const plan = {
    ...{ name: "y", called: 'output "y"', evidence: "fp64" as const },
    ...{ proved: true, typeProblem: null, tolerance: STRICT.tolerance },
  };
  return reportInteger({ ...plan, rounded }, [1, 100_000], accumulator);
}

test("of rounded numbers one that is far off is no tie, though one of many may be turned", () => {
  expect(picture(0, true)).toMatchObject({ kind: "wrong" });
  expect(picture(254, true).status).toBe("pass");
  expect(picture(0, false).status).toBe("pass");
});
