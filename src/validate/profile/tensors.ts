import type { Profile } from "../../config/profile.ts";
import { dataflowOf } from "../../onnx/dataflow.ts";
import type { OnnxModel } from "../../onnx/model.ts";

/** Types of inputs, outputs and weights: what it does not load, and what it computes with another type. */
export function tensorProblems(
  { inputs, outputs, initializers }: OnnxModel,
  { dtypes, runtime }: Profile,
): { problems: string[]; warnings: string[] } {
  const groups: readonly TensorGroup[] = [
    { kind: "input", tensors: inputs },
    { kind: "output", tensors: outputs },
    { kind: "weight", tensors: initializers },
  ];
  const { refused = [], cast = {} } = dtypes ?? {};

  return {
    problems: groups.flatMap((group) =>
      refused
        .flatMap((dtype) => named(group, dtype))
        .map((text) => `${text}, which it does not load: export in float32`),
    ),
    warnings: groups.flatMap((group) =>
      Object.entries(cast)
        .filter(([dtype]) => !isUnseen(group, dtype))
        .flatMap(([dtype, other]) =>
          named(group, dtype).map(
            (text) => `${text}, which ${runtime.name} makes ${other}`,
          ),
        ),
    ),
  };
}

interface TensorGroup {
  kind: "input" | "output" | "weight";
  tensors: readonly { name: string; dtype: string }[];
}

/** Indices and shapes are int64 weights in every export; they fit, and nobody sees the cast. */
function isUnseen({ kind }: TensorGroup, dtype: string): boolean {
  return kind === "weight" && dtype === "int64";
}

/** The first tensor of this type by its name, and how many more there are; empty where there is none. */
function named({ kind, tensors }: TensorGroup, dtype: string): string[] {
  const [first, ...others] = tensors.filter((tensor) => tensor.dtype === dtype);
  if (!first) return [];

  const called = first.name ? ` "${first.name}"` : "";

  return [
    `the ${kind}${called} ${others.length > 0 ? `and ${others.length} more are` : "is"} ${dtype}`,
  ];
}

/**
 * K of TopK, an input since opset 10: its limit, and whether it must stand in the file. A K that is computed from fixed
 * sizes alone is one that runtimes fold; whether they do is not judged.
 */
export function topKProblems(graph: OnnxModel, { top_k }: Profile): string[] {
  const { nodes, inputs, opsets } = graph;
  if (!top_k || (opsets[""] ?? 0) < 10) return [];

  const flow = dataflowOf(graph);
  const all = nodes
    .filter(({ op, domain }) => op === "TopK" && domain === "")
    .map((node) => ({
      name: node.name,
      k: flow.constantOf(node.inputs[1] ?? "", node.scope)?.[0],
    }));

  const problems: string[] = [];
  const isOpen = inputs.some(
    ({ shape }) =>
      shape === null || shape.some((axis) => typeof axis === "string"),
  );

  const computed = all.filter(({ k }) => k === undefined);

  if (top_k.constant && isOpen && computed.length > 0)
    problems.push(
      `${called(computed)} K is computed but must be a constant: export with fixed sizes`,
    );

  const { largest = Number.POSITIVE_INFINITY } = top_k;
  const large = all.filter(({ k = 0 }) => k > largest);

  if (large.length > 0)
    problems.push(
      `${called(large)} K is ${large[0]?.k}, more than ${largest}: keep fewer candidates`,
    );

  return problems;
}

/** `in 3 TopK nodes (first "/TopK")`. */
function called(nodes: readonly { name: string }[]): string {
  const [first] = nodes;
  const count = nodes.length > 1 ? `${nodes.length} TopK nodes` : "a TopK node";
  return `in ${count}${first?.name ? ` (${nodes.length > 1 ? "first " : ""}"${first.name}")` : ""}`;
}
