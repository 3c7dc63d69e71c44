import {
  after,
  cast,
  ints,
  type Mutation,
  node,
  noise,
  renamed,
  replace,
  scalar,
} from "./edits.ts";

/** Another graph: names, batches, random operators, versions, and what does not load. */
export const WRONG_GRAPHS: Mutation[] = [
  {
    title: "a renamed output",
    change: renamed("y", "logits"),
    found: "parity",
  },
  { title: "a renamed input", change: renamed("x", "images"), found: "parity" },
  {
    title: "a second input that nobody feeds",
    change: (model) => ({
      ...after([node("Add", ["before", "extra"], "y")])(model),
      inputs: [...model.inputs, { name: "extra", dims: ["batch", 5] }],
    }),
    found: "parity",
  },
  {
    title: "a batch of 4 that is baked in",
    change: after([node("Reshape", ["before", "shape"], "y")], {
      shape: ints(4, 5),
    }),
    found: "parity",
  },
  {
    title: "a batch that is cut at 4, which the references do not reach",
    change: after([node("Slice", ["before", "from", "to", "axis"], "y")], {
      from: ints(0),
      to: ints(4),
      axis: ints(0),
    }),
    found: "shapes",
  },
  {
    title: "rows beyond the fourth that are 0",
    change: after(
      [
        node("Shape", ["before"], "shape"),
        node("Expand", ["one", "shape"], "ones"),
        node("CumSum", ["ones", "zero"], "count"),
        node("Less", ["count", "five"], "early"),
        node("Cast", ["early"], "mask", cast(1)),
        node("Mul", ["before", "mask"], "y"),
      ],
      {
        one: scalar(1),
        zero: { dims: [], values: [0], type: 7 },
        five: scalar(4.5),
      },
    ),
    found: "shapes",
  },
  {
    title: "rows that see each other",
    change: after([
      node("ReduceMean", ["before"], "mean", {
        attributes: { axes: [0], keepdims: 1 },
      }),
      node("Sub", ["before", "mean"], "y"),
    ]),
    found: "metamorphic",
  },
  {
    title: "a softmax over the batch",
    change: after([
      node("Softmax", ["before"], "y", { attributes: { axis: 0 } }),
    ]),
    found: "metamorphic",
  },
  {
    title: "a random operator left in",
    change: noise(0.1),
    found: "metamorphic",
  },
  {
    title: "a random operator so weak that no tolerance sees it",
    change: noise(1e-6),
    found: "metamorphic",
  },
  {
    title: "Dropout in training mode",
    change: after([node("Dropout", ["before", "ratio", "on"], "y")], {
      ratio: { dims: [], values: [0.3] },
      on: { dims: [], values: [1], type: 9 },
    }),
    found: "metamorphic",
  },
  {
    title: "an opset that is too new",
    change: (model) => ({ ...model, opset: 99 }),
    found: "structure",
  },
  {
    title: "an IR that is too new",
    change: (model) => ({ ...model, ir: 99 }),
    found: "structure",
  },
  {
    title: "an operator of an unknown domain",
    change: (model) => ({
      ...after([node("Foo", ["before"], "y", { domain: "mmdeploy" })])(model),
      opsets: { mmdeploy: 1 },
    }),
    found: "structure",
  },
  {
    title: "a float64 output",
    change: (model) => ({
      ...after([node("Cast", ["before"], "y", cast(11))])(model),
      outputs: [{ name: "y", dims: ["batch", 5], type: 11 }],
    }),
    found: "parity",
  },
  {
    title: "a bfloat16 output",
    change: (model) => ({
      ...after([node("Cast", ["before"], "y", cast(16))])(model),
      outputs: [{ name: "y", dims: ["batch", 5], type: 16 }],
    }),
    found: "structure",
  },
  {
    title: "no output",
    change: (model) => ({ ...model, outputs: [] }),
    found: "structure",
  },
  {
    title: "an operator that does not exist",
    change: after([node("Nonsense", ["before"], "y")]),
    found: "load",
  },
  {
    title: "sizes that do not fit",
    change: (model) => ({
      ...model,
      weights: {
        ...model.weights,
        second: { dims: [7, 5], values: new Float32Array(35) },
      },
    }),
    found: "load",
  },
  {
    title: "a cycle",
    change: replace(0, [node("MatMul", ["y", "first"], "a")]),
    found: "load",
  },
  {
    title: "an input of a node that nothing gives",
    change: replace(1, [node("Relu", ["nowhere"], "h")]),
    found: "load",
  },
];
