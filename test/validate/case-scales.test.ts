import { expect, test } from "vitest";
import type { ParityDetails } from "../../src/validate/parity/conclude-parity.ts";
import { folderOf } from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { random } from "../support/random.ts";
import { safetensors, type TensorValue } from "../support/references-writer.ts";
import { checkOf, validate } from "../support/validate.ts";

const FEATURES = 16;
/** How large the numbers of each row are, case by case. */
type Scales = readonly (readonly number[])[];

const [ONE, ODD] = [1, 1e5];
/** One sample of two rows is in other units, or one row in each of three samples, or more than a third of all rows. */
const SAMPLE: Scales = [
  ...[[ONE, ONE, ONE, ONE], [ONE, ONE, ONE], [ONE]],
  ...[[ODD, ODD]],
];
const ROW: Scales = [
  [ONE, ONE, ONE, ODD],
  [ONE, ODD, ONE, ONE],
  [ONE, ONE, ONE, ONE],
];
const MANY: Scales = [
  ...[[ONE, ONE, ONE], [ONE, ONE, ONE], [ONE]],
  ...[[ODD, ODD], [ODD], [ODD, ODD]],
];

/** How many outputs, and which rows are odd. */
const EXAMPLES: [string, number, Scales][] = [
  [
    "a sample of many values",
    32,
    [SAMPLE[0] ?? [], SAMPLE[1] ?? [], [ODD, ODD]],
  ],
  [
    "a row of many values",
    100,
    [
      [ONE, ONE, ODD],
      [ONE, ODD],
      [ONE, ONE, ODD],
    ],
  ],
  ["a sample of ten classes", 10, SAMPLE],
  ["a sample of two classes", 2, SAMPLE],
  ["a sample of one number", 1, SAMPLE],
  ["rows of three classes", 3, ROW],
  ["rows of one number", 1, ROW],
  ["most samples of three classes", 3, MANY],
];

/** A layer: what it gives for rows of `x`, each step rounded by `round`. */
function layer(
  { weight, bias }: { weight: number[]; bias: number[] },
  x: number[],
  round: (value: number) => number,
): number[] {
  const outputs = bias.length;

  return Array.from({ length: (x.length / FEATURES) * outputs }, (_, at) => {
    const [row, column] = [Math.floor(at / outputs), at % outputs];
    let sum = 0;
    for (let of = 0; of < FEATURES; of++)
      sum = round(
        sum +
          round(
            (x[row * FEATURES + of] ?? 0) *
              (weight[of * outputs + column] ?? 0),
          ),
      );
    return round(sum + (bias[column] ?? 0));
  });
}

/** The verdict on a graph whose bias is off by `fault`. */
async function judge(
  outputs: number,
  scales: Scales,
  { fault, seed = 5 }: { fault: number; seed?: number },
) {
  const rng = random(seed);
  const normals = (size: number, scale = 1) =>
    Array.from({ length: size }, () => Math.fround(scale * rng.normal()));
  const weight = normals(FEATURES * outputs);
  const bias = normals(outputs);
  const tensors: Record<string, TensorValue> = {};

  for (const [index, rows] of scales.entries()) {
    const x = rows.flatMap((scale) => normals(FEATURES, scale));
    const shape = [rows.length, outputs];
    tensors[`case-${index}/in/x`] = {
      dtype: "F32",
      shape: [rows.length, FEATURES],
      values: x,
    };
    const fp32 = layer({ weight, bias }, x, Math.fround);
    const fp64 = layer({ weight, bias }, x, (value) => value);
    tensors[`case-${index}/fp32/y`] = { dtype: "F32", shape, values: fp32 };
    tensors[`case-${index}/fp64/y`] = { dtype: "F64", shape, values: fp64 };
  }

  const onnx = onnxModel({
    nodes: [
      { op: "MatMul", inputs: ["x", "weight"], outputs: ["a"] },
      { op: "Add", inputs: ["a", "bias"], outputs: ["y"] },
    ],
    inputs: [{ name: "x", dims: ["batch", FEATURES] }],
    outputs: [{ name: "y", dims: ["batch", outputs] }],
    weights: {
      weight: { dims: [FEATURES, outputs], values: weight },
      bias: { dims: [outputs], values: bias.map((value) => value + fault) },
    },
  });
  const folder = await folderOf({
    "end2end.onnx": onnx,
    "references.safetensors": safetensors(tensors),
  });

  return checkOf(await validate(folder), "parity");
}

test.each(EXAMPLES)(
  "%s in other units hides no wrong bias in the others (%i outputs)",
  async (_, outputs, scales) => {
    const found = await judge(outputs, scales, { fault: 0.02 });
    expect(found).toMatchObject({ status: "fail", kind: "wrong" });
    expect(found.message).toMatch(/ in (this|rows like this).*, though others/);
    // The table has the numbers that were judged.
    const [output] = (found.details as ParityDetails).outputs;
    expect(output?.tolerance).toBeLessThan(0.02);
    expect(output?.tolerance).toBeCloseTo(16 * (output?.noise ?? 0), 6);
  },
);

test.each(EXAMPLES)(
  "beside %s in other units the right bias passes (%i outputs)",
  async (_, outputs, scales) => {
    for (const seed of [5, 6, 7])
      expect(await judge(outputs, scales, { fault: 0, seed })).toMatchObject({
        status: "pass",
      });
  },
);
