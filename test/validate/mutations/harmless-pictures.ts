import { ints, type Mutation, node, replace, scalar } from "./edits.ts";
import { argmax } from "./picture-edits.ts";

export const HARMLESS_PICTURES: Mutation[] = [
  { title: "nothing changed", change: (model) => model },
  {
    title: "pads by name",
    change: replace(0, [
      node("Conv", ["x", "kernels", "bias"], "logits", {
        attributes: { kernel_shape: [3, 3], auto_pad: "SAME_UPPER" },
      }),
    ]),
  },
  { title: "ArgMax on the logits", change: argmax({}, "logits") },
  {
    title: "ArgMax that takes the last of equals",
    change: argmax({ select_last_index: 1 }),
  },
  {
    title: "the bias apart",
    change: replace(
      0,
      [
        node("Conv", ["x", "kernels"], "c", {
          attributes: { pads: [1, 1, 1, 1] },
        }),
        node("Reshape", ["bias", "column"], "b1"),
        node("Add", ["c", "b1"], "logits"),
      ],
      { column: ints(1, 3, 1, 1) },
    ),
  },
  {
    title: "sigmoid by its formula",
    change: replace(
      1,
      [
        node("Neg", ["logits"], "n"),
        node("Exp", ["n"], "e"),
        node("Add", ["e", "one"], "d"),
        node("Reciprocal", ["d"], "scores"),
      ],
      { one: scalar(1) },
    ),
  },
  {
    title: "sigmoid by tanh",
    change: replace(
      1,
      [
        node("Mul", ["logits", "half"], "h2"),
        node("Tanh", ["h2"], "t"),
        node("Mul", ["t", "half"], "th"),
        node("Add", ["th", "half"], "scores"),
      ],
      { half: scalar(0.5) },
    ),
  },
  {
    title: "an explicit Pad",
    change: replace(
      0,
      [
        node("Pad", ["x", "edges"], "p"),
        node("Conv", ["p", "kernels", "bias"], "logits", {
          attributes: { kernel_shape: [3, 3] },
        }),
      ],
      { edges: ints(0, 0, 1, 1, 0, 0, 1, 1) },
    ),
  },
  {
    title: "a batch norm that changes nothing",
    change: replace(
      0,
      [
        node("Conv", ["x", "kernels", "bias"], "c", {
          attributes: { pads: [1, 1, 1, 1] },
        }),
        node(
          "BatchNormalization",
          ["c", "ones", "zeros", "zeros", "ones"],
          "logits",
          {
            attributes: { epsilon: { float: 0 } },
          },
        ),
      ],
      {
        ones: { dims: [3], values: [1, 1, 1] },
        zeros: { dims: [3], values: [0, 0, 0] },
      },
    ),
  },
  {
    title: "transposed to NHWC and back",
    change: replace(1, [
      node("Transpose", ["logits"], "t", {
        attributes: { perm: [0, 2, 3, 1] },
      }),
      node("Sigmoid", ["t"], "s"),
      node("Transpose", ["s"], "scores", {
        attributes: { perm: [0, 3, 1, 2] },
      }),
    ]),
  },
  {
    title: "two convolutions, half the channels each",
    change: replace(
      0,
      [
        {
          op: "Split",
          inputs: ["x", "ones2"],
          outputs: ["x0", "x1"],
          attributes: { axis: 1 },
        },
        node("Slice", ["kernels", "zero", "one", "axis"], "k0"),
        node("Slice", ["kernels", "one", "two", "axis"], "k1"),
        node("Conv", ["x0", "k0", "bias"], "c0", {
          attributes: { pads: [1, 1, 1, 1] },
        }),
        node("Conv", ["x1", "k1"], "c1", {
          attributes: { pads: [1, 1, 1, 1] },
        }),
        node("Add", ["c0", "c1"], "logits"),
      ],
      {
        ones2: ints(1, 1),
        zero: ints(0),
        one: ints(1),
        two: ints(2),
        axis: ints(1),
      },
    ),
  },
  {
    title: "axes without names",
    change: (model) => ({
      ...model,
      inputs: [{ name: "x", dims: ["", 2, "", ""] }],
    }),
  },
];
