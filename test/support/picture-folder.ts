import { folderOf } from "./model-folder.ts";
import { type ModelInput, onnxModel } from "./onnx-writer.ts";
import { random } from "./random.ts";
import { safetensors, type TensorValue } from "./references-writer.ts";

/** A segmentor of one convolution: `x` [b, 2, h, w] to `scores` [b, 3, h, w] (sigmoid) and `labels` [b, 1, h, w]. */
const [CHANNELS, CLASSES, KERNEL] = [2, 3, 3];
const weights = random(11);
const KERNELS = Array.from(
  { length: CLASSES * CHANNELS * KERNEL * KERNEL },
  () => Math.fround(weights.normal()),
);
const BIAS = Array.from({ length: CLASSES }, () =>
  Math.fround(weights.normal()),
);
const SIZES = [
  [2, 8, 12],
  [1, 12, 8],
  [3, 16, 20],
];

export const PICTURE_MODEL: ModelInput = {
  nodes: [
    {
      op: "Conv",
      inputs: ["x", "kernels", "bias"],
      outputs: ["logits"],
      attributes: { pads: [1, 1, 1, 1], kernel_shape: [3, 3] },
    },
    { op: "Sigmoid", inputs: ["logits"], outputs: ["scores"] },
    {
      op: "ArgMax",
      inputs: ["scores"],
      outputs: ["labels"],
      attributes: { axis: 1, keepdims: 1 },
    },
  ],
  inputs: [{ name: "x", dims: ["b", CHANNELS, "h", "w"] }],
  outputs: [
    { name: "scores", dims: ["b", CLASSES, "h", "w"] },
    { name: "labels", dims: ["b", 1, "h", "w"], type: 7 },
  ],
  weights: {
    kernels: { dims: [CLASSES, CHANNELS, KERNEL, KERNEL], values: KERNELS },
    bias: { dims: [CLASSES], values: BIAS },
  },
};

/** A folder with the segmentor, some of it changed. */
export function pictureFolder(
  change: (model: ModelInput) => ModelInput = (model) => model,
): Promise<string> {
  return folderOf({
    "end2end.onnx": onnxModel(change(PICTURE_MODEL)),
    "references.safetensors": references(),
  });
}

function references(): Buffer {
  const rng = random(21);
  const tensors: Record<string, TensorValue> = {};
  for (const [index, [batch = 1, height = 1, width = 1]] of SIZES.entries()) {
    const x = Array.from({ length: batch * CHANNELS * height * width }, () =>
      Math.fround(rng.normal()),
    );
    const shape = (channels: number) => [batch, channels, height, width];
    tensors[`case-${index}/in/x`] = {
      dtype: "F32",
      shape: shape(CHANNELS),
      values: x,
    };
    for (const [part, dtype, rounded] of [
      ["fp32", "F32", Math.fround],
      ["fp64", "F64", Number],
    ] as const) {
      const logits = convolve(x, batch, height, width, rounded);
      const scores = logits.map((value) =>
        rounded(1 / (1 + rounded(Math.exp(-value)))),
      );
      tensors[`case-${index}/${part}/scores`] = {
        dtype,
        shape: shape(CLASSES),
        values: scores,
      };
      tensors[`case-${index}/${part}/labels`] = {
        dtype: "I64",
        shape: shape(1),
        values: largest(scores, batch, height * width),
      };
    }
  }
  return safetensors(tensors);
}

function convolve(
  x: number[],
  batch: number,
  height: number,
  width: number,
  rounded: (value: number) => number,
): number[] {
  const at = (image: number, channel: number, row: number, column: number) =>
    row < 0 || column < 0 || row >= height || column >= width
      ? 0
      : (x[((image * CHANNELS + channel) * height + row) * width + column] ??
        0);
  return Array.from({ length: batch * CLASSES * height * width }, (_, flat) => {
    const [column, row] = [flat % width, Math.floor(flat / width) % height];
    const [kernel, image] = [
      Math.floor(flat / width / height) % CLASSES,
      Math.floor(flat / width / height / CLASSES),
    ];
    let sum = BIAS[kernel] ?? 0;
    for (let tap = 0; tap < CHANNELS * 9; tap++) {
      const [channel, dy, dx] = [
        Math.floor(tap / 9),
        Math.floor((tap % 9) / 3) - 1,
        (tap % 3) - 1,
      ];
      sum = rounded(
        sum +
          rounded(
            at(image, channel, row + dy, column + dx) *
              (KERNELS[kernel * CHANNELS * 9 + tap] ?? 0),
          ),
      );
    }
    return sum;
  });
}

function largest(scores: number[], batch: number, size: number): number[] {
  return Array.from({ length: batch * size }, (_, flat) => {
    const base = Math.floor(flat / size) * CLASSES * size + (flat % size);
    const values = Array.from(
      { length: CLASSES },
      (_unused, channel) => scores[base + channel * size] ?? 0,
    );
    return values.indexOf(Math.max(...values));
  });
}
