import type { EncodedNode } from "../../onnx/encode.ts";
import type { RecurrentNode, RecurrentOp } from "./recurrent-node.ts";
import { createSpelling, type Spelling } from "./spelling.ts";

export const GATES: Record<RecurrentOp, number> = { LSTM: 4, GRU: 3, RNN: 1 };

/** What one step is made of, by names; gates in ONNX's order: iofc, zrh. */
export interface CellValues {
  /** H, and C of an LSTM: [batch, hidden]. */
  states: string[];
  /** Of each gate X·Wᵀ + Wb of this step: [batch, hidden]. */
  inputs: string[];
  /** Of each gate Rᵀ: [hidden, hidden]. */
  recurrences: string[];
  /** Of each gate Rb: [hidden]; null without biases. */
  biases: string[] | null;
}

export interface Cell {
  nodes: EncodedNode[];
  /** The states after the step. */
  states: string[];
  /** What the step gives. */
  step: string;
}

/** One step of a direction. */
export function cellOf(
  node: RecurrentNode,
  values: CellValues,
  prefix: string,
  direction: number,
): Cell {
  const spelling = createSpelling(prefix);
  const [h = ""] = values.states;
  const recurrence = (gate: number, state = h) =>
    recur(spelling, values, gate, state);
  const gate = (place: number) =>
    spelling.add("Add", [values.inputs[place] ?? "", recurrence(place)]);

  const states = {
    LSTM: () => lstm(spelling, values, gate),
    GRU: () => gru(spelling, node, values, { gate, recurrence }),
    RNN: () => [spelling.add(node.activations[direction] ?? "Tanh", [gate(0)])],
  }[node.op]();

  // A name may be given once: the state and what the step gives are two.
  const step = spelling.add("Identity", [states[0] ?? ""]);

  return { nodes: spelling.nodes, states, step };
}

/** State·Rᵀ + Rb. */
function recur(
  spelling: Spelling,
  { recurrences, biases }: CellValues,
  gate: number,
  state: string,
): string {
  const product = spelling.add("MatMul", [state, recurrences[gate] ?? ""]);
  const bias = biases?.[gate];
  return bias ? spelling.add("Add", [product, bias]) : product;
}

function lstm(
  spelling: Spelling,
  { states }: CellValues,
  gate: (place: number) => string,
): string[] {
  const [i, o, f] = [0, 1, 2].map((place) =>
    spelling.add("Sigmoid", [gate(place)]),
  ) as [string, string, string];
  const candidate = spelling.add("Tanh", [gate(3)]);
  const cell = spelling.add("Add", [
    spelling.add("Mul", [f, states[1] ?? ""]),
    spelling.add("Mul", [i, candidate]),
  ]);
  const hidden = spelling.add("Mul", [o, spelling.add("Tanh", [cell])]);

  return [hidden, cell];
}

interface GruParts {
  gate(place: number): string;
  recurrence(place: number, state?: string): string;
}

function gru(
  spelling: Spelling,
  { linearBeforeReset }: RecurrentNode,
  { states, inputs }: CellValues,
  { gate, recurrence }: GruParts,
): string[] {
  const [h = ""] = states;
  const [z, r] = [0, 1].map((place) =>
    spelling.add("Sigmoid", [gate(place)]),
  ) as [string, string];
  const reset = linearBeforeReset
    ? spelling.add("Mul", [r, recurrence(2)])
    : recurrence(2, spelling.add("Mul", [r, h]));
  const candidate = spelling.add("Tanh", [
    spelling.add("Add", [inputs[2] ?? "", reset]),
  ]);

  // (1 - z) * candidate + z * h
  const next = spelling.add("Add", [
    spelling.add("Sub", [candidate, spelling.add("Mul", [z, candidate])]),
    spelling.add("Mul", [z, h]),
  ]);

  return [next];
}
