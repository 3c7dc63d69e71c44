import { folderOf } from "./model-folder.ts";
import { type ModelInput, onnxModel } from "./onnx-writer.ts";
import { safetensors, type TensorValue } from "./references-writer.ts";

const INT32 = 6;
/** INT32 division of the smallest number by −1: the processor itself refuses. */
export const divides: ModelInput = {
  nodes: [{ op: "Div", inputs: ["x", "minus"], outputs: ["y"] }],
  inputs: [{ name: "x", dims: [1], type: INT32 }],
  outputs: [{ name: "y", dims: [1], type: INT32 }],
  weights: { minus: { dims: [1], values: [-1], type: INT32 } },
};
export const SMALLEST: Record<string, TensorValue> = {
  "one/in/x": { dtype: "I32", shape: [1], values: [-(2 ** 31)] },
  "one/fp32/y": { dtype: "I32", shape: [1], values: [0] },
};
export const smallest = safetensors(SMALLEST);

/** A loop that ends after 2^62 rounds. */
export const loops: ModelInput = {
  nodes: [
    {
      op: "Loop",
      inputs: ["rounds", "", "x"],
      outputs: ["y"],
      attributes: {
        body: {
          graph: {
            nodes: [
              { op: "Identity", inputs: ["going"], outputs: ["still"] },
              { op: "Sin", inputs: ["in"], outputs: ["out"] },
            ],
            inputs: [
              { name: "round", dims: [], type: 7 },
              { name: "going", dims: [], type: 9 },
              { name: "in", dims: [1] },
            ],
            outputs: [
              { name: "still", dims: [], type: 9 },
              { name: "out", dims: [1] },
            ],
          },
        },
      },
    },
  ],
  inputs: [{ name: "x", dims: [1] }],
  outputs: [{ name: "y", dims: [1] }],
  weights: { rounds: { dims: [], values: [2 ** 52], type: 7 } },
};
/** `x` [1, len] to itself; from this length on it divides the smallest number by −1, which ends the process. */
export const ENDS_AT = 64;
export const crashesFar: ModelInput = {
  nodes: [
    { op: "Shape", inputs: ["x"], outputs: ["shape"] },
    { op: "Gather", inputs: ["shape", "second"], outputs: ["length"] },
    { op: "Less", inputs: ["length", "end"], outputs: ["fits"] },
    { op: "Where", inputs: ["fits", "one", "minus"], outputs: ["divisor"] },
    { op: "Div", inputs: ["smallest", "divisor"], outputs: ["whole"] },
    {
      op: "Cast",
      inputs: ["whole"],
      outputs: ["large"],
      attributes: { to: 1 },
    },
    { op: "Mul", inputs: ["large", "scale"], outputs: ["part"] },
    { op: "Mul", inputs: ["x", "part"], outputs: ["y"] },
  ],
  inputs: [{ name: "x", dims: [1, "len"] }],
  outputs: [{ name: "y", dims: [1, "len"] }],
  weights: {
    second: { dims: [], values: [1], type: 7 },
    end: { dims: [], values: [ENDS_AT], type: 7 },
    one: { dims: [1], values: [1], type: INT32 },
    minus: { dims: [1], values: [-1], type: INT32 },
    smallest: { dims: [1], values: [-(2 ** 31)], type: INT32 },
    scale: { dims: [1], values: [-(2 ** -31)] },
  },
};
export const threeLengths = safetensors(
  Object.fromEntries(
    [4, 8, 12].flatMap((length) => {
      const values = Array.from({ length }, (_, at) => at / 8 - 0.4);
      const shape = [1, length];
      return [
        [`of-${length}/in/x`, { dtype: "F32" as const, shape, values }],
        [`of-${length}/fp32/y`, { dtype: "F32" as const, shape, values }],
        [`of-${length}/fp64/y`, { dtype: "F64" as const, shape, values }],
      ];
    }),
  ),
);
export const oneValue = safetensors({
  "one/in/x": { dtype: "F32", shape: [1], values: [1] },
  "one/fp32/y": { dtype: "F32", shape: [1], values: [1] },
});

/** Fills 2^30 floats. */
export const fills: ModelInput = {
  nodes: [
    {
      op: "ConstantOfShape",
      inputs: ["size"],
      outputs: ["many"],
      attributes: { value: { dims: [1], values: [1] } },
    },
    {
      op: "ReduceSum",
      inputs: ["many", "axes"],
      outputs: ["sum"],
      attributes: { keepdims: 1 },
    },
    { op: "Mul", inputs: ["sum", "x"], outputs: ["y"] },
  ],
  inputs: [{ name: "x", dims: [1] }],
  outputs: [{ name: "y", dims: [1] }],
  weights: {
    size: { dims: [1], values: [2 ** 30], type: 7 },
    axes: { dims: [1], values: [0], type: 7 },
  },
};

/** ONNX Runtime's own GRU ends the process where the batch is empty. */
export const recurrent: ModelInput = {
  nodes: [
    {
      op: "Transpose",
      inputs: ["x"],
      outputs: ["turned"],
      attributes: { perm: [1, 0, 2] },
    },
    {
      op: "GRU",
      inputs: ["turned", "w", "r"],
      outputs: ["y"],
      attributes: { hidden_size: 1 },
    },
  ],
  inputs: [{ name: "x", dims: ["batch", "time", 1] }],
  outputs: [{ name: "y", dims: ["time", 1, "batch", 1] }],
  weights: {
    w: { dims: [1, 3, 1], values: [0.1, 0.2, 0.3] },
    r: { dims: [1, 3, 1], values: [0.3, 0.2, 0.1] },
  },
};
export const steps = safetensors({
  "one/in/x": { dtype: "F32", shape: [1, 2, 1], values: [1, 2] },
  "one/fp32/y": { dtype: "F32", shape: [2, 1, 1, 1], values: [0, 0] },
});

/** A model's folder, with its references. */
export function crashFolder(
  model: ModelInput,
  references: Buffer,
): Promise<string> {
  return folderOf({
    "end2end.onnx": onnxModel(model),
    "references.safetensors": references,
  });
}
