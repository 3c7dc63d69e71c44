import {
  after,
  cast,
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

/** Other operators, weights and functions that compute the same. */
export const HARMLESS_REWRITES: Mutation[] = [
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
