import { expect, test } from "vitest";
import { folderOf } from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { random } from "../support/random.ts";
import { safetensors, type TensorValue } from "../support/references-writer.ts";
import { checkOf, validate } from "../support/validate.ts";

/** Of one place: four corners in pixels, and three scores. */
const SCALES = [512, 512, 512, 512, 1, 1, 1];
const CHANNELS = SCALES.length;

/** Shapes without the batch, and those of the weights. */
const HEADS: [string, number[], number[]][] = [
  ["[batch, 4 + classes, places]", [CHANNELS, 64], [CHANNELS, 1]],
  ["[batch, places, 4 + classes]", [64, CHANNELS], [CHANNELS]],
  ["[batch, height, width, 4 + classes]", [8, 8, CHANNELS], [CHANNELS]],
  ["[batch, 4 + classes, height, width]", [CHANNELS, 8, 8], [CHANNELS, 1, 1]],
];

/** The verdict on a graph `x · weight + bias` whose bias of the scores is off by `fault`. */
async function judge(
  [, shape, constants]: (typeof HEADS)[number],
  { fault, seed = 3 }: { fault: number; seed?: number },
) {
  const rng = random(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  const inner = shape[0] === CHANNELS ? size / CHANNELS : 1;
  const weight = SCALES.map((scale) => Math.fround(scale * rng.normal()));
  const bias = SCALES.map((scale) => Math.fround(scale * rng.normal()));
  const tensors: Record<string, TensorValue> = {};

  for (const [index, rows] of [3, 2, 1].entries()) {
    const x = Array.from({ length: rows * size }, () =>
      Math.fround(rng.normal()),
    );
    const y = (round: (value: number) => number) =>
      x.map((value, at) => {
        const channel = Math.floor(at / inner) % CHANNELS;
        return round(
          round(value * (weight[channel] ?? 0)) + (bias[channel] ?? 0),
        );
      });
    const dims = [rows, ...shape];
    tensors[`case-${index}/in/x`] = { dtype: "F32", shape: dims, values: x };
    tensors[`case-${index}/fp32/y`] = {
      dtype: "F32",
      shape: dims,
      values: y(Math.fround),
    };
    tensors[`case-${index}/fp64/y`] = {
      dtype: "F64",
      shape: dims,
      values: y((value) => value),
    };
  }

  const wrong = bias.map((value, at) => value + (at < 4 ? 0 : fault));
  const onnx = onnxModel({
    nodes: [
      { op: "Mul", inputs: ["x", "weight"], outputs: ["a"] },
      { op: "Add", inputs: ["a", "bias"], outputs: ["y"] },
    ],
    inputs: [{ name: "x", dims: ["batch", ...shape] }],
    outputs: [{ name: "y", dims: ["batch", ...shape] }],
    weights: {
      weight: { dims: constants, values: weight },
      bias: { dims: constants, values: wrong },
    },
  });
  const folder = await folderOf({
    "end2end.onnx": onnx,
    "references.safetensors": safetensors(tensors),
  });

  return checkOf(await validate(folder), "parity");
}

test.each(HEADS)(
  "corners in pixels hide no wrong score of %s",
  async (...head) => {
    const found = await judge(head, { fault: 1e-4 });
    expect(found).toMatchObject({ status: "fail", kind: "wrong" });
  },
);

test.each(HEADS)("the right head of %s passes", async (...head) => {
  for (const seed of [3, 4, 5])
    expect(await judge(head, { fault: 0, seed })).toMatchObject({
      status: "pass",
    });
});
