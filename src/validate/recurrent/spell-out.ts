import {
  type EncodedNode,
  encodeBody,
  FLOAT32,
  FLOAT64,
  INT64,
} from "../../onnx/encode.ts";
import { type CellValues, cellOf, GATES } from "./cell.ts";
import type { RecurrentNode } from "./recurrent-node.ts";
import { createSpelling, type Spelling } from "./spelling.ts";

/** From this opset on the axes of Unsqueeze are an input. */
const AXES_AS_INPUT = 13;

/**
 * The node by plain operators in float64, as ONNX's own text defines it: a Scan over the steps. X and the states of
 * float32 come in, Y, Y_h and Y_c of float32 go out under the names that they had.
 */
export function spellOut(
  node: RecurrentNode,
  prefix: string,
  opset: number,
): EncodedNode[] {
  const spelling = createSpelling(prefix);
  const x = wide(spelling, node.inputs[0] ?? "");
  const parts = node.reversed.map((_, direction) =>
    spellDirection(spelling, node, { x, direction, prefix }),
  );

  const [y = "", last = "", cell = ""] = node.outputs;
  const gather = (values: string[], axis: number) =>
    spelling.add(
      "Concat",
      values.map((value) => unsqueeze(spelling, value, axis, opset)),
      { axis },
    );

  const given: [name: string, values: string[], axis: number][] = [
    [y, parts.map(({ steps }) => steps), 1],
    [last, parts.map(({ state }) => state[0] ?? ""), 0],
    [cell, parts.map(({ state }) => state[1] ?? ""), 0],
  ];
  for (const [name, values, axis] of given)
    if (name !== "")
      spelling.nodes.push({
        op: "Cast",
        inputs: [gather(values, axis)],
        outputs: [name],
        attributes: { to: FLOAT32 },
      });

  return spelling.nodes;
}

interface Direction {
  /** X in float64. */
  x: string;
  direction: number;
  prefix: string;
}

/** [steps, batch, hidden] of all steps, and [batch, hidden] of the states after the last one. */
function spellDirection(
  spelling: Spelling,
  node: RecurrentNode,
  { x, direction, prefix }: Direction,
): { steps: string; state: string[] } {
  const { op, inputs, hidden, reversed } = node;
  const [, w = "", r = "", b = "", , h = "", c = ""] = inputs;
  const gates = GATES[op];
  const part = (name: string) =>
    pick(spelling, wide(spelling, name), direction);
  const matrices = (name: string) =>
    perGate(spelling, part(name), [gates, hidden, -1], gates).map((matrix) =>
      spelling.add("Transpose", [matrix], { perm: [1, 0] }),
    );

  const recurrences = matrices(r);
  const biases =
    b === ""
      ? null
      : perGate(spelling, part(b), [2 * gates, hidden], 2 * gates);
  const scanned = matrices(w).map((matrix, gate) => {
    const product = spelling.add("MatMul", [x, matrix]);
    const bias = biases?.[gate];
    return bias ? spelling.add("Add", [product, bias]) : product;
  });

  const states = (op === "LSTM" ? [h, c] : [h]).map((name) =>
    name === "" ? zeros(spelling, scanned[0] ?? "") : part(name),
  );
  const values: CellValues = {
    states: states.map((_, at) => `${prefix}s${direction}.${at}`),
    inputs: scanned.map((_, at) => `${prefix}x${direction}.${at}`),
    recurrences,
    biases: biases?.slice(gates) ?? null,
  };
  const body = cellOf(node, values, `${prefix}b${direction}.`, direction);
  const outputs = [...states, "steps"].map(
    (_, at) => `${prefix}o${direction}.${at}`,
  );
  const backwards = Number(reversed[direction]);

  spelling.nodes.push({
    op: "Scan",
    inputs: [...states, ...scanned],
    outputs,
    attributes: {
      num_scan_inputs: scanned.length,
      scan_input_directions: scanned.map(() => backwards),
      scan_output_directions: [backwards],
      body: {
        graph: encodeBody(
          body.nodes,
          [...values.states, ...values.inputs],
          [...body.states, body.step],
        ),
      },
    },
  });

  return { steps: outputs.at(-1) ?? "", state: outputs.slice(0, -1) };
}

function wide(spelling: Spelling, name: string): string {
  return spelling.add("Cast", [name], { to: FLOAT64 });
}

/** The entry at a place of axis 0, which is gone then. */
function pick(spelling: Spelling, value: string, place: number): string {
  const at = integers(spelling, [place], []);
  return spelling.add("Gather", [value, at], { axis: 0 });
}

function perGate(
  spelling: Spelling,
  value: string,
  shape: number[],
  count: number,
): string[] {
  const shaped = spelling.add("Reshape", [value, integers(spelling, shape)]);
  return Array.from({ length: count }, (_, gate) =>
    pick(spelling, shaped, gate),
  );
}

/** [batch, hidden] of zeros, for what has [steps, batch, hidden]. */
function zeros(spelling: Spelling, scanned: string): string {
  const shape = spelling.add("Shape", [scanned]);
  const inner = spelling.add("Gather", [shape, integers(spelling, [1, 2])], {
    axis: 0,
  });
  return spelling.add("ConstantOfShape", [inner], {
    value: { type: FLOAT64, dims: [1], values: [0] },
  });
}

function unsqueeze(
  spelling: Spelling,
  value: string,
  axis: number,
  opset: number,
): string {
  return opset >= AXES_AS_INPUT
    ? spelling.add("Unsqueeze", [value, integers(spelling, [axis])])
    : spelling.add("Unsqueeze", [value], { axes: [axis] });
}

function integers(
  spelling: Spelling,
  values: number[],
  dims: number[] = [values.length],
): string {
  return spelling.add("Constant", [], {
    value: { type: INT64, dims, values },
  });
}
