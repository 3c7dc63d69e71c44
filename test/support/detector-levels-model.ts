import type { ModelInput } from "./onnx-writer.ts";
import { random } from "./random.ts";

/**
 * A detector of two levels: `x` [b, 2, 8, 8] to `dets` [b, 3, 5] and `labels` [b, 3]. Level 0 sees each pixel, level 1
 * each block of 4; the scores of level 1 are so low that none of its boxes is ever kept.
 */
export const [CHANNELS, CLASSES, SIZE, BLOCK, KEPT] = [2, 3, 8, 4, 6];
export const CELLS = [SIZE * SIZE, (SIZE / BLOCK) ** 2] as const;
export const THRESHOLD = 0.05;
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
export function cornersOf(): number[] {
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
