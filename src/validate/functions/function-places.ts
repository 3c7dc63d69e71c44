import type { OnnxModel, OnnxNode } from "../../onnx/model.ts";
import type { FunctionProbe } from "../evidence/function-probe.ts";
import { sizeOf } from "../evidence/tensor.ts";

/** Of the constants of one function, as slopes of channels. */
const MOST_VALUES = 1 << 14;

/** A function inside of the graph that is one operator. */
export interface FunctionPlace {
  /** What it takes, and what it gives. */
  input: string;
  output: string;
  /** Which of the main graph's nodes it is. */
  node: number;
  /** Of what else it reads, the nodes that give it, and what the graph stores. */
  constants: number[];
  stored: string[];
}

/** Functions of the references that are one operator here, which takes their input and else only constants; in the graph's order. */
export function functionPlaces(
  { nodes, initializers }: OnnxModel,
  probes: ReadonlyMap<string, FunctionProbe>,
): FunctionPlace[] {
  const main = nodes.filter(({ scope }) => scope === "");
  const constants = new Map(
    main.flatMap(({ op, outputs: [name] }, at) =>
      op === "Constant" && name ? [[name, at] as const] : [],
    ),
  );
  const stored = new Set(
    initializers.flatMap(({ name, dims, external }) =>
      external === null && sizeOf(dims) <= MOST_VALUES ? [name] : [],
    ),
  );

  function placeOf(node: OnnxNode, at: number): FunctionPlace | null {
    const [output = ""] = node.outputs;
    const input = probes.get(output)?.input;
    if (input === undefined || !node.inputs.includes(input)) return null;

    const others = node.inputs.filter((name) => name !== "" && name !== input);
    const isKnown = (name: string) => constants.has(name) || stored.has(name);
    if (!others.every(isKnown)) return null;

    return {
      ...{ input, output, node: at },
      constants: others.flatMap((name) => constants.get(name) ?? []),
      stored: others.filter((name) => stored.has(name)),
    };
  }

  return main.flatMap((node, at) => placeOf(node, at) ?? []);
}
