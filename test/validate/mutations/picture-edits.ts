import type { Attribute, ModelInput } from "../../support/onnx-writer.ts";
import { node, replace } from "./edits.ts";

export const conv = (attributes: Record<string, Attribute>) =>
  replace(0, [
    node("Conv", ["x", "kernels", "bias"], "logits", {
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], ...attributes },
    }),
  ]);
export const argmax = (
  attributes: Record<string, Attribute>,
  input = "scores",
) =>
  replace(2, [
    node("ArgMax", [input], "labels", {
      attributes: { axis: 1, keepdims: 1, ...attributes },
    }),
  ]);
/** Replaces the convolution by `before` on its input, then it. */
export const before = (
  nodes: ReturnType<typeof node>[],
  weights: ModelInput["weights"] = {},
) =>
  replace(
    0,
    [
      ...nodes,
      node("Conv", ["p", "kernels", "bias"], "logits", {
        attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
      }),
    ],
    weights,
  );
export const resize = (mode: string) => [
  node("Resize", ["x", "", "half"], "small", { attributes: { mode } }),
  node("Resize", ["small", "", "double"], "p", { attributes: { mode } }),
];
export const factors = {
  half: { dims: [4], values: [1, 1, 0.5, 0.5] },
  double: { dims: [4], values: [1, 1, 2, 2] },
};
