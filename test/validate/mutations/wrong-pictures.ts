import {
  cast,
  ints,
  type Mutation,
  node,
  replace,
  reweigh,
  scalar,
} from "./edits.ts";
import { argmax, before, conv, factors, resize } from "./picture-edits.ts";

export const WRONG_PICTURES: Mutation[] = [
  {
    title: "swapped input channels",
    change: before(
      [node("Gather", ["x", "order"], "p", { attributes: { axis: 1 } })],
      { order: ints(1, 0) },
    ),
    found: "parity",
  },
  {
    title: "swapped kernels",
    change: reweigh("kernels", (_, at, all) => all[(at + 18) % 54] ?? 0),
    found: "parity",
  },
  {
    title: "flipped kernels",
    change: reweigh(
      "kernels",
      (_, at, all) => all[at - (at % 9) + 8 - (at % 9)] ?? 0,
    ),
    found: "parity",
  },
  {
    title: "transposed kernels",
    change: reweigh(
      "kernels",
      (_, at, all) =>
        all[at - (at % 9) + 3 * (at % 3) + Math.floor((at % 9) / 3)] ?? 0,
    ),
    found: "parity",
  },
  {
    title: "shifted pads",
    change: conv({ pads: [0, 0, 2, 2] }),
    found: "parity",
  },
  {
    title: "pads of 2 with a dilation",
    change: conv({ pads: [2, 2, 2, 2], dilations: [2, 2] }),
    found: "parity",
  },
  {
    title: "pads that mirror the edge",
    change: replace(
      0,
      [
        node("Pad", ["x", "edges"], "p", { attributes: { mode: "reflect" } }),
        node("Conv", ["p", "kernels", "bias"], "logits", {
          attributes: { kernel_shape: [3, 3] },
        }),
      ],
      { edges: ints(0, 0, 1, 1, 0, 0, 1, 1) },
    ),
    found: "parity",
  },
  {
    title: "a resize there and back, nearest",
    change: before(resize("nearest"), factors),
    found: "parity",
  },
  {
    title: "a resize there and back, linear",
    change: before(resize("linear"), factors),
    found: "parity",
  },
  {
    title: "another normalisation",
    change: before([node("Mul", ["x", "k"], "p")], { k: scalar(1 / 1.02) }),
    found: "parity",
  },
  {
    title: "a picture upside down",
    change: before(
      [node("Slice", ["x", "last", "first", "axis", "back"], "p")],
      {
        last: ints(-1),
        first: ints(-1000),
        axis: ints(2),
        back: ints(-1),
      },
    ),
    found: "parity",
  },
  {
    title: "HardSigmoid for Sigmoid",
    change: replace(1, [node("HardSigmoid", ["logits"], "scores")]),
    found: "parity",
  },
  {
    title: "softmax over the classes for sigmoid",
    change: replace(1, [
      node("Softmax", ["logits"], "scores", { attributes: { axis: 1 } }),
    ]),
    found: "parity",
  },
  {
    title: "no activation",
    change: replace(1, [node("Identity", ["logits"], "scores")]),
    found: "parity",
  },
  {
    title: "scores in half precision",
    change: replace(1, [
      node("Sigmoid", ["logits"], "s"),
      node("Cast", ["s"], "half", cast(10)),
      node("Cast", ["half"], "scores", cast(1)),
    ]),
    found: "parity",
  },
  {
    title: "classes off by one",
    change: replace(
      2,
      [
        node("ArgMax", ["scores"], "best", { attributes: { axis: 1 } }),
        node("Add", ["best", "one"], "labels"),
      ],
      { one: ints(1) },
    ),
    found: "parity",
  },
  {
    title: "ArgMin for ArgMax",
    change: replace(2, [
      node("ArgMin", ["scores"], "labels", { attributes: { axis: 1 } }),
    ]),
    found: "parity",
  },
  {
    title: "labels without their axis",
    change: argmax({ keepdims: 0 }),
    found: "parity",
  },
  {
    title: "labels over the wrong axis",
    change: argmax({ axis: 2 }),
    found: "parity",
  },
  {
    title: "one column of the map that is always 0",
    change: replace(
      2,
      [
        node("ArgMax", ["scores"], "best", { attributes: { axis: 1 } }),
        node("Shape", ["best"], "s"),
        node("Slice", ["best", "from", "to", "axis"], "rest"),
        node("Pad", ["rest", "edge"], "labels"),
      ],
      {
        from: ints(1),
        to: ints(1000),
        axis: ints(3),
        edge: ints(0, 0, 0, 1, 0, 0, 0, 0),
      },
    ),
    found: "parity",
  },
  {
    title: "labels as floats",
    change: (model) => {
      const changed = replace(2, [
        node("ArgMax", ["scores"], "best", { attributes: { axis: 1 } }),
        node("Cast", ["best"], "labels", cast(1)),
      ])(model);
      return {
        ...changed,
        outputs: [
          ...model.outputs.slice(0, 1),
          { name: "labels", dims: ["b", 1, "h", "w"], type: 1 },
        ],
      };
    },
    found: "parity",
  },
  {
    title: "labels as int32",
    change: (model) => {
      const changed = replace(2, [
        node("ArgMax", ["scores"], "best", { attributes: { axis: 1 } }),
        node("Cast", ["best"], "labels", cast(6)),
      ])(model);
      return {
        ...changed,
        outputs: [
          ...model.outputs.slice(0, 1),
          { name: "labels", dims: ["b", 1, "h", "w"], type: 6 },
        ],
      };
    },
    found: "parity",
  },
  {
    title: "a height that is baked in at 16, which no reference exceeds",
    change: before([node("Slice", ["x", "from", "to", "axis"], "p")], {
      from: ints(0),
      to: ints(16),
      axis: ints(2),
    }),
    found: "shapes",
  },
];
