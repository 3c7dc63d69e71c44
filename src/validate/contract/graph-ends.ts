import type { OnnxModel, OnnxNode } from "../../onnx/model.ts";
import type { Contract } from "./contract.ts";

/** Operators that decide what an output's numbers are, and the word for each. */
const ENDS = new Map([
  ["Softmax", "softmax_inside"],
  ["LogSoftmax", "log_softmax_inside"],
  ["Sigmoid", "sigmoid_inside"],
  ["ArgMax", "argmax_inside"],
]);
const WORDS = new Set([...ENDS.values(), "threshold_inside", "none"]);
/** They move numbers or change their type, and compute nothing. */
const MOVING = new Set([
  ...["Cast", "Flatten", "Gather", "Identity", "Reshape", "Slice"],
  ...["Squeeze", "Transpose", "Unsqueeze"],
]);

/** They round numbers, or bound what was rounded: near a tie the result is one off, never more. */
const ROUNDING = new Set(
  "Ceil Clip Floor Max Min QuantizeLinear Round".split(" "),
);

/** Where the operator that an output ends in is not what `activation` says: plain scores from 0 to 1 look like shares. */
export function endProblems({ outputs }: Contract, graph: OnnxModel): string[] {
  const makers = makersOf(graph);

  return outputs.flatMap(({ name, activation }) => {
    const end = endOf(name, makers);
    const word = end?.domain === "" ? ENDS.get(end.op) : undefined;
    if (!end || !word || !activation || !WORDS.has(activation)) return [];

    return word === activation
      ? []
      : [
          `it says ${activation} of "${name}", but the graph ends in ${end.op} there (${word})`,
        ];
  });
}

/** Outputs that are rounded numbers, as the bytes of a picture; not choices, as classes are. */
export function roundedOutputs(graph: OnnxModel): Set<string> {
  const makers = makersOf(graph);

  return new Set(
    graph.outputs.flatMap(({ name }) => {
      const end = endOf(name, makers);
      return end?.domain === "" && ROUNDING.has(end.op) ? [name] : [];
    }),
  );
}

function makersOf({ nodes }: OnnxModel): Map<string, OnnxNode> {
  return new Map(
    nodes
      .filter(({ scope }) => scope === "")
      .flatMap((node) => node.outputs.map((name) => [name, node] as const)),
  );
}

/** The node that computes an output, past those that only move its numbers. */
function endOf(
  name: string,
  makers: ReadonlyMap<string, OnnxNode>,
): OnnxNode | undefined {
  let node = makers.get(name);
  const seen = new Set<OnnxNode>();
  while (node && node.domain === "" && MOVING.has(node.op) && !seen.has(node)) {
    seen.add(node);
    node = makers.get(node.inputs[0] ?? "");
  }

  return node;
}
