import { folderOf } from "./model-folder.ts";
import { type ModelInput, onnxModel } from "./onnx-writer.ts";
import { random } from "./random.ts";
import { safetensors, type TensorValue } from "./references-writer.ts";

/**
 * A detector of two levels: `x` [b, 2, 8, 8] to `dets` [b, 3, 5] and `labels` [b, 3]. Level 0 sees each pixel, level 1
 * each block of 4; the scores of level 1 are so low that none of its boxes is ever kept.
 */
const [CHANNELS, CLASSES, SIZE, BLOCK, KEPT] = [2, 3, 8, 4, 6];
const CELLS = [SIZE * SIZE, (SIZE / BLOCK) ** 2] as const;
const THRESHOLD = 0.05;
/** Scores of level 1 are this much below those of level 0. */
const NEVER = -9;
const rng = random(77);
const weights = (count: number, scale = 1) =>
  Array.from({ length: count }, () => Math.fround(scale * rng.normal()));
export const LEVELS = [0, 1].map((level) => ({
  // The first channel raises all scores, so that a dark picture shows nothing.
  kernels: weights(CLASSES * CHANNELS).map((value, at) =>
    at % CHANNELS === 0 ? Math.fround(Math.abs(value) + 0.5) : value,
  ),
  bias: weights(CLASSES).map((value) =>
    Math.fround(value + (level === 1 ? NEVER : 0)),
  ),
}));

const node = (
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: ModelInput["nodes"][number]["attributes"] = {},
) => ({
  op,
  inputs,
  outputs,
  attributes,
});
const ints = (...values: number[]) => ({
  dims: [values.length],
  values,
  type: 7,
});

export const LEVEL_MODEL: ModelInput = {
  nodes: [
    node("AveragePool", ["x"], ["x1"], {
      kernel_shape: [BLOCK, BLOCK],
      strides: [BLOCK, BLOCK],
    }),
    node("Conv", ["x", "kernels.0", "bias.0"], ["raw.cls_scores.0"], {
      kernel_shape: [1, 1],
    }),
    node("Conv", ["x1", "kernels.1", "bias.1"], ["raw.cls_scores.1"], {
      kernel_shape: [1, 1],
    }),
    node("Reshape", ["raw.cls_scores.0", "flat"], ["flat.0"]),
    node("Reshape", ["raw.cls_scores.1", "flat"], ["flat.1"]),
    node("Concat", ["flat.0", "flat.1"], ["flat.all"], { axis: 2 }),
    node("Sigmoid", ["flat.all"], ["by_class"]),
    node("Transpose", ["by_class"], ["nms.scores"], { perm: [0, 2, 1] }),
    node("ReduceMax", ["nms.scores"], ["best"], { axes: [2], keepdims: 0 }),
    node("ArgMax", ["nms.scores"], ["classes"], { axis: 2, keepdims: 0 }),
    node("TopK", ["best", "k"], ["top", "places"], { axis: 1 }),
    node("Greater", ["top", "threshold"], ["is_kept"]),
    node("Where", ["is_kept", "top", "zero"], ["scores"]),
    node("GatherElements", ["classes", "places"], ["labels"], { axis: 1 }),
    node("Unsqueeze", ["scores", "two"], ["column"]),
    node("Gather", ["corners", "places"], ["boxes"], { axis: 0 }),
    node("Concat", ["boxes", "column"], ["dets"], { axis: 2 }),
  ],
  inputs: [{ name: "x", dims: ["b", CHANNELS, SIZE, SIZE] }],
  outputs: [
    { name: "dets", dims: ["b", KEPT, 5] },
    { name: "labels", dims: ["b", KEPT], type: 7 },
  ],
  weights: {
    flat: ints(0, CLASSES, -1),
    k: ints(KEPT),
    two: ints(2),
    threshold: { dims: [1], values: [THRESHOLD] },
    zero: { dims: [1], values: [0] },
    corners: { dims: [CELLS[0] + CELLS[1], 4], values: cornersOf() },
    ...Object.fromEntries(
      LEVELS.flatMap(({ kernels, bias }, level) => [
        [
          `kernels.${level}`,
          { dims: [CLASSES, CHANNELS, 1, 1], values: kernels },
        ],
        [`bias.${level}`, { dims: [CLASSES], values: bias }],
      ]),
    ),
  },
};

/** One box a cell. */
function cornersOf(): number[] {
  const boxes = (step: number) =>
    Array.from({ length: (SIZE / step) ** 2 }, (_, cell) => {
      const [x, y] = [
        step * (cell % (SIZE / step)),
        step * Math.floor(cell / (SIZE / step)),
      ];
      return [x, y, x + step, y + step];
    }).flat();
  return [...boxes(1), ...boxes(BLOCK)];
}

/** What the references hold beside outputs. */
export interface Evidence {
  inner: boolean;
  predict: boolean;
}

interface Change {
  model?: (model: ModelInput) => ModelInput;
  evidence?: Partial<Evidence>;
  /** Of the reference's tensors and metadata, before they are written. */
  references?: (
    tensors: Record<string, TensorValue>,
    metadata: Record<string, string>,
  ) => void;
}

export function levelFolder({
  model = (same) => same,
  evidence,
  references,
}: Change = {}): Promise<string> {
  const tensors: Record<string, TensorValue> = {};
  const metadata: Record<string, string> = {};
  // Each folder is the same, however many were made before.
  const inputs = random(78);
  const holds = { inner: true, predict: true, ...evidence };
  if (holds.inner)
    for (const name of ["raw.cls_scores.0", "raw.cls_scores.1"])
      metadata[`inner/${name}`] = "source";
  for (const [name, batch] of [
    ["real-0", 1],
    ["random-0", 2],
    ["random-1", 3],
  ] as const)
    addCase(tensors, name, batch, holds, inputs);
  metadata["real-0/kind"] = "real";
  addCase(tensors, "dark", 1, holds, inputs, -20);
  references?.(tensors, metadata);
  return folderOf({
    "end2end.onnx": onnxModel(model(LEVEL_MODEL)),
    "references.safetensors": safetensors(tensors, metadata),
  });
}

type Rounding = (value: number) => number;

function addCase(
  tensors: Record<string, TensorValue>,
  name: string,
  batch: number,
  holds: Evidence,
  inputs: ReturnType<typeof random>,
  first?: number,
): void {
  const x = Array.from({ length: batch * CHANNELS * CELLS[0] }, (_, at) => {
    const isFirst = Math.floor(at / CELLS[0]) % CHANNELS === 0;
    return isFirst
      ? (first ?? Math.fround(inputs.normal()))
      : Math.fround(inputs.normal());
  });
  tensors[`${name}/in/x`] = {
    dtype: "F32",
    shape: [batch, CHANNELS, SIZE, SIZE],
    values: x,
  };
  for (const [part, dtype, rounded] of [
    ["fp32", "F32", Math.fround],
    ["fp64", "F64", Number],
  ] as const) {
    const levels = [1, BLOCK].map((step, level) =>
      headOf(x, batch, step, level, rounded),
    );
    const { dets, labels } = detect(levels, batch, rounded);
    tensors[`${name}/${part}/dets`] = {
      dtype,
      shape: [batch, KEPT, 5],
      values: dets,
    };
    tensors[`${name}/${part}/labels`] = {
      dtype: "I64",
      shape: [batch, KEPT],
      values: labels,
    };
    for (const [level, values] of levels.entries()) {
      const side = SIZE / (level === 0 ? 1 : BLOCK);
      if (holds.inner)
        tensors[`${name}/aux/${part}/raw.cls_scores.${level}`] = {
          dtype,
          shape: [batch, CLASSES, side, side],
          values,
        };
    }
    if (part === "fp32" && holds.predict) {
      tensors[`${name}/aux/predict/dets`] = {
        dtype: "F32",
        shape: [batch, KEPT, 5],
        values: dets,
      };
      tensors[`${name}/aux/predict/labels`] = {
        dtype: "I64",
        shape: [batch, KEPT],
        values: labels,
      };
    }
  }
}

/** Scores of one level before sigmoid, [batch, classes, cells]. */
function headOf(
  x: number[],
  batch: number,
  step: number,
  level: number,
  rounded: Rounding,
): number[] {
  const { kernels = [], bias = [] } = LEVELS[level] ?? {};
  const side = SIZE / step;
  const mean = (image: number, channel: number, cell: number) => {
    let sum = 0;
    for (let row = 0; row < step; row++)
      for (let column = 0; column < step; column++) {
        const place =
          (step * Math.floor(cell / side) + row) * SIZE +
          step * (cell % side) +
          column;
        sum = rounded(
          sum + (x[(image * CHANNELS + channel) * CELLS[0] + place] ?? 0),
        );
      }
    return rounded(sum / step ** 2);
  };
  return Array.from({ length: batch * CLASSES * side ** 2 }, (_, at) => {
    const [cell, kind, image] = [
      at % side ** 2,
      Math.floor(at / side ** 2) % CLASSES,
      Math.floor(at / side ** 2 / CLASSES),
    ];
    const part = (channel: number) =>
      rounded(
        (kernels[kind * CHANNELS + channel] ?? 0) * mean(image, channel, cell),
      );
    return rounded(rounded(part(0) + part(1)) + (bias[kind] ?? 0));
  });
}

/** The best cells of all levels as boxes. */
function detect(
  levels: number[][],
  batch: number,
  rounded: Rounding,
): { dets: number[]; labels: number[] } {
  const corners = cornersOf();
  const result: { dets: number[]; labels: number[] } = { dets: [], labels: [] };
  for (let image = 0; image < batch; image++) {
    const cells = levels.flatMap((values, level) => {
      const count = CELLS[level] ?? 0;
      return Array.from({ length: count }, (_, cell) => {
        const scores = Array.from({ length: CLASSES }, (_, kind) => {
          const logit = values[(image * CLASSES + kind) * count + cell] ?? 0;
          return rounded(1 / (1 + rounded(Math.exp(-logit))));
        });
        const score = Math.max(...scores);
        return {
          place: cell + (level === 0 ? 0 : CELLS[0]),
          score,
          label: scores.indexOf(score),
        };
      });
    });
    for (const { place, score, label } of cells
      .sort((a, b) => b.score - a.score)
      .slice(0, KEPT)) {
      result.dets.push(
        ...corners.slice(4 * place, 4 * place + 4),
        score > THRESHOLD ? score : 0,
      );
      result.labels.push(label);
    }
  }
  return result;
}
