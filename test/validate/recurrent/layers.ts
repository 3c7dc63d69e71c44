import type { ModelInput } from "../../support/onnx-writer.ts";
import { random } from "../../support/random.ts";

/** A recurrent layer as ONNX stores it: gates in the order iofc or zrh, weights of each direction one after the other. */
export interface Layer {
  op: "LSTM" | "GRU" | "RNN";
  direction: "forward" | "reverse" | "bidirectional";
  input: number;
  hidden: number;
  w: number[];
  r: number[];
  b: number[] | null;
  /** Of a GRU. */
  linearBeforeReset: boolean;
  /** Of an RNN. */
  activation: "Tanh" | "Relu" | "Sigmoid";
  /** A node gets its first states as inputs. */
  hasStates: boolean;
}

export const GATES = { LSTM: 4, GRU: 3, RNN: 1 };

/** scale: of its weights, which are drawn by the seed. */
export function layer(
  op: Layer["op"],
  change: Partial<Layer> = {},
  scale = 1,
  seed = 5,
): Layer {
  const rng = random(seed);
  const shape = { op, input: 3, hidden: 4, direction: "forward" as const };
  const { input, hidden, direction } = { ...shape, ...change };
  const rows = GATES[op] * hidden * (direction === "bidirectional" ? 2 : 1);
  const numbers = (size: number) =>
    Array.from({ length: size }, () => Math.fround(scale * rng.normal()));
  return {
    ...shape,
    w: numbers(rows * input),
    r: numbers(rows * hidden),
    b: numbers(rows * 2),
    linearBeforeReset: false,
    activation: "Tanh",
    hasStates: false,
    ...change,
  };
}

/** `x` [time, batch, input], and the states where it has them, to `y`, `last` and, of an LSTM, `cell`. */
export function layerModel(given: Layer, opset = 17): ModelInput {
  const { op, direction, input, hidden, w, r, b, hasStates } = given;
  const ways = direction === "bidirectional" ? 2 : 1;
  const rows = GATES[op] * hidden;
  const state = { dims: [ways, "batch", hidden] };
  const outputs = ["y", "last", ...(op === "LSTM" ? ["cell"] : [])];
  const states = op === "LSTM" ? ["h", "c"] : ["h"];
  return {
    opset,
    nodes: [
      {
        op,
        inputs: [
          ...["x", "w", "r", b ? "b" : "", ""],
          ...(hasStates ? states : []),
        ],
        outputs,
        attributes: {
          hidden_size: hidden,
          direction,
          ...(given.linearBeforeReset ? { linear_before_reset: 1 } : {}),
          ...(op === "RNN"
            ? { activations: { texts: Array(ways).fill(given.activation) } }
            : {}),
        },
      },
    ],
    inputs: [
      { name: "x", dims: ["time", "batch", input] },
      ...(hasStates ? states.map((name) => ({ name, ...state })) : []),
    ],
    outputs: outputs.map((name) =>
      name === "y"
        ? { name, dims: ["time", ways, "batch", hidden] }
        : { name, ...state },
    ),
    weights: {
      w: { dims: [ways, rows, input], values: w },
      r: { dims: [ways, rows, hidden], values: r },
      ...(b ? { b: { dims: [ways, 2 * rows], values: b } } : {}),
    },
  };
}
