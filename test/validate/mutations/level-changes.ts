import type { ModelInput } from "../../support/onnx-writer.ts";
import { type Mutation, node, reweigh, rounded } from "./edits.ts";

/** Replaces the node that gives a tensor. */
const remade =
  (
    output: string,
    nodes: ModelInput["nodes"],
    weights: ModelInput["weights"] = {},
  ) =>
  (model: ModelInput): ModelInput => ({
    ...model,
    nodes: model.nodes.flatMap((each) =>
      each.outputs[0] === output ? nodes : [each],
    ),
    weights: { ...model.weights, ...weights },
  });
const one = { attributes: { kernel_shape: [1, 1] } };
const block = { attributes: { kernel_shape: [4, 4], strides: [4, 4] } };
const HEAD = "raw.cls_scores.1";

const LOW = [
  node("Conv", ["x1", "kernels.1"], "unbiased", one),
  node("Add", ["unbiased", "low"], HEAD),
];

/** Wrong in a level whose boxes no reference keeps: every output is equal. */
export const WRONG_LEVELS: Mutation[] = [
  {
    title: "a shifted bias in a level whose boxes are never kept",
    change: reweigh("bias.1", (value) => value + 0.01),
  },
  {
    title: "a scaled bias of one class in that level",
    change: reweigh("bias.1", (value, at) =>
      at === 2 ? value * 1.001 : value,
    ),
  },
  {
    title: "swapped classes in that level",
    change: reweigh("kernels.1", (_, at, all) => all[(at + 2) % 6] ?? 0),
  },
  {
    title: "that level's weights in half precision",
    change: reweigh("kernels.1", (value) => rounded(value, 11)),
  },
  {
    title: "that level without a bias, as low by a constant",
    change: remade(HEAD, LOW, { low: { dims: [1], values: [-9] } }),
  },
  {
    title: "that level sees the largest pixel for the mean",
    change: remade("x1", [node("MaxPool", ["x"], "x1", block)]),
  },
  {
    title: "that level's kernels in the other's place",
    change: remade(HEAD, [
      node("Conv", ["x1", "kernels.0", "bias.1"], HEAD, one),
    ]),
  },
].map((each) => ({ ...each, found: "behaviour" }));

export const HARMLESS_LEVELS: Mutation[] = [
  { title: "nothing changed", change: (model) => model },
  {
    title: "the bias of a level apart",
    change: (model) =>
      remade(
        HEAD,
        [
          node("Conv", ["x1", "kernels.1"], "unbiased", one),
          node("Add", ["unbiased", "apart"], HEAD),
        ],
        {
          apart: {
            dims: [3, 1, 1],
            values: model.weights?.["bias.1"]?.values ?? [],
          },
        },
      )(model),
  },
  {
    title: "the mean of a level as a convolution",
    change: remade(
      "x1",
      [
        node("Conv", ["x", "mean"], "x1", {
          attributes: { ...block.attributes, group: 2 },
        }),
      ],
      {
        mean: { dims: [2, 1, 4, 4], values: new Array(32).fill(1 / 16) },
      },
    ),
  },
  {
    title: "an Identity behind a head",
    change: (model) => ({
      ...model,
      nodes: model.nodes.flatMap((each) => [
        {
          ...each,
          inputs: each.inputs.map((input) => (input === HEAD ? "same" : input)),
        },
        ...(each.outputs[0] === HEAD ? [node("Identity", [HEAD], "same")] : []),
      ]),
    }),
  },
];
