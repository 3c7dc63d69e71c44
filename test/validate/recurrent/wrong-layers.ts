import type { ModelInput, NodeInput } from "../../support/onnx-writer.ts";
import { GATES, type Layer, layerModel } from "./layers.ts";

/** A fault that a conversion may make of a layer. */
export type Wrong = [name: string, make: (right: Layer) => ModelInput];

const changed = (change: (right: Layer) => Partial<Layer>) => (right: Layer) =>
  layerModel({ ...right, ...change(right) });

/** Rows of W or R by gates in another order. */
function gates(
  matrix: number[],
  { op, hidden }: Layer,
  order: number[],
): number[] {
  const size = matrix.length / (GATES[op] * hidden);
  const block = hidden * size;
  return order.flatMap((gate) =>
    matrix.slice(gate * block, (gate + 1) * block),
  );
}

/** Of one direction, in B: Wb in this order, Rb in that. */
function biases(right: Layer, order: number[], back = order): number[] {
  const b = right.b ?? [];
  const half = b.length / 2;
  return [
    ...gates(b.slice(0, half), right, order),
    ...gates(b.slice(half), right, back),
  ];
}

function transposed(r: number[], { op, hidden }: Layer): number[] {
  return Array.from({ length: GATES[op] }, (_, gate) =>
    Array.from({ length: hidden * hidden }, (_, at) => {
      const [row, column] = [Math.floor(at / hidden), at % hidden];
      return r[(gate * hidden + column) * hidden + row] ?? 0;
    }),
  ).flat();
}

const part = (
  values: number[],
  factor: number,
  places: (at: number) => boolean,
) =>
  values.map((value, at) => Math.fround(places(at) ? value * factor : value));

/** To eleven bits, as float16 has them. */
const half = (values: number[]) =>
  values.map((value) => {
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
    return Math.round(value / unit) * unit;
  });

const attributes =
  (found: NonNullable<NodeInput["attributes"]>) => (right: Layer) => {
    const model = layerModel(right);
    const [node] = model.nodes;
    if (node) node.attributes = { ...node.attributes, ...found };
    return model;
  };

/** The layer gets all steps but some, and gives as many. */
const sliced = (starts: number, ends: number) => (right: Layer) => {
  const model = layerModel(right);
  const [node] = model.nodes;
  if (node) node.inputs[0] = "part";
  model.nodes.unshift({
    op: "Slice",
    inputs: ["x", "from", "to"],
    outputs: ["part"],
  });
  model.weights = {
    ...model.weights,
    from: { dims: [1], values: [starts], type: 7 },
    to: { dims: [1], values: [ends], type: 7 },
  };
  return model;
};

const every = (_: number) => true;
const middle = (values: number[]) => (at: number) => at === values.length >> 1;

/** Faults of each of the three operators. */
const SHARED: Wrong[] = [
  ["it runs from the last step", changed(() => ({ direction: "reverse" }))],
  ["no bias", changed(() => ({ b: null }))],
  [
    "the bias of W alone",
    changed(({ b }) => ({
      b: (b ?? []).map((value, at, all) => (at < all.length / 2 ? value : 0)),
    })),
  ],
  [
    "a bias is 1e-3 off",
    changed(({ b }) => ({
      b: (b ?? []).map((value, at) =>
        at === 1 ? Math.fround(value + 1e-3) : value,
      ),
    })),
  ],
  [
    "a weight of W is 1 % off",
    changed(({ w }) => ({ w: part(w, 1.01, middle(w)) })),
  ],
  [
    "a weight of R is 1 % off",
    changed(({ r }) => ({ r: part(r, 1.01, middle(r)) })),
  ],
  ["a weight of R is 0", changed(({ r }) => ({ r: part(r, 0, middle(r)) }))],
  ["W is 1e-3 too large", changed(({ w }) => ({ w: part(w, 1.001, every) }))],
  ["W in half precision", changed(({ w }) => ({ w: half(w) }))],
  ["R in half precision", changed(({ r }) => ({ r: half(r) }))],
  ["R is transposed", changed((right) => ({ r: transposed(right.r, right) }))],
  ["a limit of what is activated", attributes({ clip: { float: 0.5 } })],
  ["the first step is cut off", sliced(1, 1000)],
  ["the last step is cut off", sliced(0, -1)],
  ["three steps, as it was exported with", sliced(0, 3)],
];

export const WRONG: Record<Layer["op"], Wrong[]> = {
  LSTM: [
    ...SHARED,
    [
      "torch's order of gates",
      changed((right) => ({
        w: gates(right.w, right, [0, 2, 3, 1]),
        r: gates(right.r, right, [0, 2, 3, 1]),
      })),
    ],
    [
      "i and f are exchanged",
      changed((right) => ({
        w: gates(right.w, right, [2, 1, 0, 3]),
        r: gates(right.r, right, [2, 1, 0, 3]),
        b: biases(right, [2, 1, 0, 3]),
      })),
    ],
    [
      "i and o are exchanged in the bias",
      changed((right) => ({ b: biases(right, [1, 0, 2, 3]) })),
    ],
    [
      "f and c are exchanged in R",
      changed((right) => ({ r: gates(right.r, right, [0, 1, 3, 2]) })),
    ],
    ["input and forget gate are coupled", attributes({ input_forget: 1 })],
    [
      "another activation",
      attributes({ activations: { texts: ["HardSigmoid", "Tanh", "Tanh"] } }),
    ],
  ],
  GRU: [
    ...SHARED,
    [
      "it resets at the other place",
      changed(({ linearBeforeReset }) => ({
        linearBeforeReset: !linearBeforeReset,
      })),
    ],
    [
      "torch's order of gates",
      changed((right) => ({
        w: gates(right.w, right, [1, 0, 2]),
        r: gates(right.r, right, [1, 0, 2]),
      })),
    ],
    [
      "z and r are exchanged in the bias",
      changed((right) => ({ b: biases(right, [1, 0, 2]) })),
    ],
    [
      "r and h are exchanged in R",
      changed((right) => ({ r: gates(right.r, right, [0, 2, 1]) })),
    ],
    [
      "another activation",
      attributes({ activations: { texts: ["Sigmoid", "Softsign"] } }),
    ],
  ],
  RNN: [
    ...SHARED,
    ["Relu", changed(() => ({ activation: "Relu" }))],
    ["Sigmoid", changed(() => ({ activation: "Sigmoid" }))],
    [
      "another activation",
      attributes({ activations: { texts: ["Softsign"] } }),
    ],
  ],
};
