import type { ModelInput } from "../../support/onnx-writer.ts";
import {
  after,
  ints,
  type Mutation,
  node,
  renamed,
  replace,
  scalar,
} from "./edits.ts";

/** What computes nothing: names, order, and operators that undo each other. */
export const HARMLESS_EDITS: Mutation[] = [
  { title: "nothing changed", change: (model) => model },
  {
    title: "other names of nodes and inner tensors",
    change: (model) =>
      renamed("h", "hidden/relu:0")(renamed("a", "layer.0")(model)),
  },
  {
    title: "a doc string and metadata",
    change: (model) => ({
      ...model,
      metadata: { "edge.engine": "toy" },
      producer: "another exporter",
    }),
  },
  ...[13, 14, 15, 16, 18, 19, 20, 21, 22].map((opset) => ({
    title: `opset ${opset}`,
    change: (model: ModelInput) => ({ ...model, opset }),
  })),
  ...[7, 9, 10].map((ir) => ({
    title: `IR version ${ir}`,
    change: (model: ModelInput) => ({ ...model, ir }),
  })),
  {
    title: "an import of a domain that is not used",
    change: (model) => ({ ...model, opsets: { "ai.onnx.ml": 3 } }),
  },
  {
    title: "nodes in another order",
    change: (model) => ({
      ...model,
      nodes: [...model.nodes.slice(0, 2), ...model.nodes.slice(2)],
    }),
  },
  {
    title: "the operands of Add swapped",
    change: replace(3, [node("Add", ["bias", "b"], "y")]),
  },
  { title: "an Identity", change: after([node("Identity", ["before"], "y")]) },
  {
    title: "a multiplication by 1",
    change: after([node("Mul", ["before", "k"], "y")], { k: scalar(1) }),
  },
  {
    title: "an addition of 0",
    change: after([node("Add", ["before", "k"], "y")], { k: scalar(0) }),
  },
  {
    title: "two negations",
    change: after([node("Neg", ["before"], "n"), node("Neg", ["n"], "y")]),
  },
  {
    title: "two transpositions",
    change: after([
      node("Transpose", ["before"], "t"),
      node("Transpose", ["t"], "y"),
    ]),
  },
  {
    title: "a reshape that changes nothing",
    change: after([node("Reshape", ["before", "shape"], "y")], {
      shape: ints(-1, 5),
    }),
  },
  {
    title: "Unsqueeze and Squeeze",
    change: after(
      [
        node("Unsqueeze", ["before", "axis"], "u"),
        node("Squeeze", ["u", "axis"], "y"),
      ],
      { axis: ints(1) },
    ),
  },
  {
    title: "Dropout in inference mode",
    change: after([node("Dropout", ["before"], "y")]),
  },
];
