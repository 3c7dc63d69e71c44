import type { Profile } from "../../config/profile.ts";
import type { OnnxModel } from "../../onnx/model.ts";

/** Types of inputs, outputs and weights: what it does not load, and what it computes with another type. */
export function tensorProblems(
  { inputs, outputs, initializers }: OnnxModel,
  { dtypes, runtime }: Profile,
): { problems: string[]; warnings: string[] } {
  const problems: string[] = [];
  const warnings: string[] = [];
  const groups = [
    ["input", inputs],
    ["output", outputs],
    ["weight", initializers],
  ] as const;
  for (const [kind, tensors] of groups) {
    for (const dtype of dtypes?.refused ?? []) {
      const text = named(kind, dtype, tensors);
      if (text) problems.push(`${text}, which it does not load: export in float32`);
    }
    for (const [dtype, other] of Object.entries(dtypes?.cast ?? {})) {
      // Indices and shapes are int64 weights in every export; they fit, and nobody sees the cast.
      if (kind === "weight" && dtype === "int64") continue;
      const text = named(kind, dtype, tensors);
      if (text) warnings.push(`${text}, which ${runtime.name} makes ${other}`);
    }
  }
  return { problems, warnings };
}

function named(kind: string, dtype: string, tensors: readonly { name: string; dtype: string }[]): string | null {
  const [first, ...others] = tensors.filter((tensor) => tensor.dtype === dtype);
  if (!first) return null;
  const called = first.name ? ` "${first.name}"` : "";
  return `the ${kind}${called} ${others.length > 0 ? `and ${others.length} more are` : "is"} ${dtype}`;
}

/** K of TopK, an input since opset 10: its limit, and whether it must stand in the file. */
export function topKProblems({ nodes, constants, opsets }: OnnxModel, { top_k }: Profile): string[] {
  if (!top_k || (opsets[""] ?? 0) < 10) return [];
  const problems: string[] = [];
  for (const { op, domain, name, inputs } of nodes) {
    if (op !== "TopK" || domain !== "") continue;
    const k = constants.get(inputs[1] ?? "")?.[0];
    const which = name ? `the TopK "${name}"` : "a TopK";
    if (k === undefined && top_k.constant)
      problems.push(`${which} computes its K, which must be a constant: export with fixed sizes, or fold constants`);
    if (k !== undefined && top_k.largest !== undefined && k > top_k.largest)
      problems.push(
        `${which} has K = ${k}, more than ${top_k.largest}: keep fewer candidates (pre_top_k of the post-processing)`,
      );
  }
  return problems;
}
