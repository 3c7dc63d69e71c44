import { expect, test } from "vitest";
import { folderOf } from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { random } from "../support/random.ts";
import { safetensors, type TensorValue } from "../support/references-writer.ts";
import { checkOf, validate } from "../support/validate.ts";

const [FEATURES, OUTPUTS] = [16, 32];
/** Rows of each case, and how large its numbers are: one sample is in other units. */
const CASES = [
  [4, 1],
  [3, 1],
  [2, 1e5],
] as const;

const rng = random(5);
const normals = (size: number, scale = 1) =>
  Array.from({ length: size }, () => Math.fround(scale * rng.normal()));
const weight = normals(FEATURES * OUTPUTS);
const bias = normals(OUTPUTS);

/** What the layer gives for rows of `x`, each step rounded by `round`. */
function layer(x: number[], round: (value: number) => number): number[] {
  return Array.from({ length: (x.length / FEATURES) * OUTPUTS }, (_, at) => {
    const [row, column] = [Math.floor(at / OUTPUTS), at % OUTPUTS];
    let sum = 0;
    for (let of = 0; of < FEATURES; of++)
      sum = round(
        sum +
          round(
            (x[row * FEATURES + of] ?? 0) *
              (weight[of * OUTPUTS + column] ?? 0),
          ),
      );
    return round(sum + (bias[column] ?? 0));
  });
}

async function judge(stored: number[]) {
  const tensors: Record<string, TensorValue> = {};

  for (const [index, [rows, scale]] of CASES.entries()) {
    const x = normals(rows * FEATURES, scale);
    const shape = [rows, OUTPUTS];
    tensors[`case-${index}/in/x`] = {
      dtype: "F32",
      shape: [rows, FEATURES],
      values: x,
    };
    const fp32 = layer(x, Math.fround);
    const fp64 = layer(x, (value) => value);
    tensors[`case-${index}/fp32/y`] = { dtype: "F32", shape, values: fp32 };
    tensors[`case-${index}/fp64/y`] = { dtype: "F64", shape, values: fp64 };
  }

  const onnx = onnxModel({
    nodes: [
      { op: "MatMul", inputs: ["x", "weight"], outputs: ["a"] },
      { op: "Add", inputs: ["a", "bias"], outputs: ["y"] },
    ],
    inputs: [{ name: "x", dims: ["batch", FEATURES] }],
    outputs: [{ name: "y", dims: ["batch", OUTPUTS] }],
    weights: {
      weight: { dims: [FEATURES, OUTPUTS], values: weight },
      bias: { dims: [OUTPUTS], values: stored },
    },
  });
  const folder = await folderOf({
    "end2end.onnx": onnx,
    "references.safetensors": safetensors(tensors),
  });

  return checkOf(await validate(folder), "parity");
}

test("a case of large numbers does not hide a wrong bias in those of small ones", async () => {
  const found = await judge(bias.map((value) => value + 0.02));
  expect(found).toMatchObject({ status: "fail", kind: "wrong" });
  expect(found.message).toMatch(/of case case-[01] .* in this case/);
});

test("the right bias passes", async () => {
  expect(await judge(bias)).toMatchObject({ status: "pass" });
});
