import {
  after,
  cast,
  ints,
  type Mutation,
  node,
  only,
  replace,
  reweigh,
  rounded,
  scalar,
} from "./edits.ts";

/** Other values: of weights, of activations, of outputs. */
export const WRONG_VALUES: Mutation[] = [
  {
    title: "a weight with one flipped bit",
    change: reweigh(
      "first",
      only(11, (value) => value * 1.5),
    ),
    found: "parity",
  },
  {
    title: "a weight that is 0.1 % off",
    change: reweigh(
      "second",
      only(7, (value) => value * 1.001),
    ),
    found: "parity",
  },
  {
    title: "a scaled bias",
    change: reweigh("bias", (value) => value * 1.01),
    found: "parity",
  },
  {
    title: "a dropped bias",
    change: reweigh("bias", () => 0),
    found: "parity",
  },
  {
    title: "swapped columns",
    change: reweigh(
      "second",
      (_, at, all) =>
        all[at % 5 === 0 ? at + 1 : at % 5 === 1 ? at - 1 : at] ?? 0,
    ),
    found: "parity",
  },
  {
    title: "weights in reverse",
    change: reweigh("first", (_, at, all) => all[all.length - 1 - at] ?? 0),
    found: "parity",
  },
  {
    title: "weights in half precision",
    change: reweigh("first", (value) => rounded(value, 11)),
    found: "parity",
  },
  {
    title: "weights in bfloat16",
    change: reweigh("second", (value) => rounded(value, 8)),
    found: "parity",
  },
  {
    title: "a NaN weight",
    change: reweigh(
      "first",
      only(3, () => Number.NaN),
    ),
    found: "parity",
  },
  {
    title: "an infinite weight",
    change: reweigh(
      "bias",
      only(3, () => Number.POSITIVE_INFINITY),
    ),
    found: "parity",
  },
  {
    title: "a dropped activation",
    change: replace(1, [node("Identity", ["a"], "h")]),
    found: "parity",
  },
  {
    title: "LeakyRelu for Relu",
    change: replace(1, [node("LeakyRelu", ["a"], "h")]),
    found: "parity",
  },
  {
    title: "an activation that is cut at 1",
    change: replace(1, [node("Clip", ["a", "low", "high"], "h")], {
      low: { dims: [], values: [0] },
      high: { dims: [], values: [1] },
    }),
    found: "parity",
  },
  {
    title: "Gelu for Relu",
    change: replace(1, [
      node("Sigmoid", ["a"], "s"),
      node("Mul", ["a", "s"], "h"),
    ]),
    found: "parity",
  },
  {
    title: "a softmax too many",
    change: after([
      node("Softmax", ["before"], "y", { attributes: { axis: 1 } }),
    ]),
    found: "parity",
  },
  {
    title: "an output scaled by 1.00002",
    change: after([node("Mul", ["before", "k"], "y")], { k: scalar(1.00002) }),
    found: "parity",
  },
  {
    title: "an output that is shifted by 1e-4",
    change: after([node("Add", ["before", "k"], "y")], { k: scalar(1e-4) }),
    found: "parity",
  },
  {
    title: "a constant output",
    change: after(
      [node("Mul", ["before", "k"], "z"), node("Add", ["z", "bias"], "y")],
      { k: scalar(0) },
    ),
    found: "parity",
  },
  {
    title: "an output in half precision",
    change: after([
      node("Cast", ["before"], "half", cast(10)),
      node("Cast", ["half"], "y", cast(1)),
    ]),
    found: "parity",
  },
  {
    title: "rounded outputs",
    change: after([node("Round", ["before"], "y")]),
    found: "parity",
  },
  {
    title: "a sorted output",
    change: after(
      [{ op: "TopK", inputs: ["before", "k"], outputs: ["y", "places"] }],
      { k: ints(5) },
    ),
    found: "parity",
  },
  {
    title: "a missing column",
    change: after([node("Slice", ["before", "from", "to", "axis"], "y")], {
      from: ints(0),
      to: ints(4),
      axis: ints(1),
    }),
    found: "parity",
  },
  {
    title: "an output of another rank",
    change: after([node("Unsqueeze", ["before", "axis"], "y")], {
      axis: ints(0),
    }),
    found: "parity",
  },
  {
    title: "integers instead of floats",
    change: (model) => ({
      ...after([node("Cast", ["before"], "y", cast(7))])(model),
      outputs: [{ name: "y", dims: ["batch", 5], type: 7 }],
    }),
    found: "parity",
  },
];
