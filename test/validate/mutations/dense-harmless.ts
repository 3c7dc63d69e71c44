import type { ModelInput } from "../../support/onnx-writer.ts";
import {
  after,
  cast,
  ints,
  type Mutation,
  node,
  renamed,
  replace,
  reweigh,
  scalar,
} from "./edits.ts";

const gemm = (transposed: boolean) =>
  replace(2, [
    node(
      "Gemm",
      ["h", "second", "bias"],
      "gemm",
      transposed ? { attributes: { transB: 1 } } : {},
    ),
  ]);

/** Other ways to say the same dense network. */
export const HARMLESS: Mutation[] = [
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
  {
    title: "Relu as Max with 0",
    change: replace(1, [node("Max", ["a", "zero"], "h")], { zero: scalar(0) }),
  },
  {
    title: "Relu as Clip",
    change: replace(1, [node("Clip", ["a", "low"], "h")], {
      low: { dims: [], values: [0] },
    }),
  },
  {
    title: "Relu as a mask",
    change: replace(
      1,
      [
        node("Greater", ["a", "zero"], "m"),
        node("Where", ["m", "a", "zero"], "h"),
      ],
      {
        zero: scalar(0),
      },
    ),
  },
  {
    title: "Gemm for MatMul and Add",
    change: (model) => ({
      ...gemm(false)(model),
      nodes: [
        ...gemm(false)(model).nodes.slice(0, 3),
        node("Identity", ["gemm"], "y"),
      ],
    }),
  },
  {
    title: "Gemm with a transposed weight",
    change: (model) => {
      const second = model.weights?.second;
      const values = Array.from({ length: 40 }, (_, at) =>
        Number(second?.values[(at % 8) * 5 + Math.floor(at / 8)]),
      );
      const made = gemm(true)(model);
      return {
        ...made,
        nodes: [...made.nodes.slice(0, 3), node("Identity", ["gemm"], "y")],
        weights: { ...made.weights, second: { dims: [5, 8], values } },
      };
    },
  },
  {
    title: "the bias added in two parts",
    change: (model) =>
      after([node("Add", ["before", "part"], "y")], {
        part: {
          dims: [5],
          values: Array.from(
            model.weights?.bias?.values ?? [],
            (value) => value / 2,
          ),
        },
      })(reweigh("bias", (value) => value / 2)(model)),
  },
  {
    title: "weights as Constant nodes",
    change: (model) => {
      const { bias, ...weights } = model.weights ?? {};
      return {
        ...model,
        weights,
        nodes: bias
          ? [
              node("Constant", [], "bias", { attributes: { value: bias } }),
              ...model.nodes,
            ]
          : [],
      };
    },
  },
  {
    title: "weights that are listed among the inputs, as old exporters do",
    change: (model) => ({
      ...model,
      inputs: [...model.inputs, { name: "bias", dims: [5] }],
    }),
  },
  {
    title: "a weight split and joined again",
    change: (model) => {
      const values = Array.from(model.weights?.bias?.values ?? []);
      return {
        ...model,
        nodes: [
          {
            op: "Concat",
            inputs: ["low", "high"],
            outputs: ["joined"],
            attributes: { axis: 0 },
          },
          ...model.nodes.map((each) => ({
            ...each,
            inputs: each.inputs.map((name) =>
              name === "bias" ? "joined" : name,
            ),
          })),
        ],
        weights: {
          ...model.weights,
          low: { dims: [2], values: values.slice(0, 2) },
          high: { dims: [3], values: values.slice(2) },
        },
      };
    },
  },
  {
    title: "float64 inside",
    change: after([
      node("Cast", ["before"], "d", cast(11)),
      node("Cast", ["d"], "y", cast(1)),
    ]),
  },
  { title: "another name of the batch axis", change: renamed("batch", "N") },
  { title: "a batch axis without a name", change: renamed("batch", "") },
  {
    title: "a local function",
    change: (model) => ({
      ...replace(1, [node("Rectify", ["a"], "h", { domain: "own" })])(model),
      opsets: { own: 1 },
      functions: [
        {
          domain: "own",
          name: "Rectify",
          inputs: ["i"],
          outputs: ["o"],
          nodes: [node("Relu", ["i"], "o")],
        },
      ],
    }),
  },
  {
    title: "an If that always takes one branch",
    change: (model) => {
      const branch = (op: string) => ({
        graph: {
          nodes: [node(op, ["before"], "out")],
          inputs: [],
          outputs: [{ name: "out", dims: ["batch", 5] }],
        },
      });
      return after(
        [
          node("If", ["yes"], "y", {
            attributes: {
              then_branch: branch("Identity"),
              else_branch: branch("Neg"),
            },
          }),
        ],
        { yes: { dims: [], values: [1], type: 9 } },
      )(model);
    },
  },
  {
    title: "a second layer of rounding that is 1 ulp",
    change: after([node("Mul", ["before", "k"], "y")], {
      k: scalar(1 + 2 ** -23),
    }),
  },
];
