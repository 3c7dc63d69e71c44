import type { OnnxModel, OnnxNode } from "../../onnx/model.ts";

/** They hand numbers on, in other places. */
const MOVING: ReadonlySet<string> = new Set([
  ...["Cast", "Concat", "Flatten", "Gather", "GatherElements", "GatherND"],
  ...["Identity", "Reshape", "Slice", "Squeeze", "TopK", "Transpose"],
  ...["Unsqueeze", "Where"],
]);
/** Of NonMaxSuppression. */
const SCORES = 1;

/**
 * Where nodes whose result is a score that a suppression gets: they take the score of a box without area, or of one that is
 * too small, which nothing else may ever see.
 */
export function scoreChoices({ nodes }: OnnxModel): Set<OnnxNode> {
  const main = nodes.filter(({ scope }) => scope === "");
  const makers = new Map(
    main.flatMap((node) => node.outputs.map((name) => [name, node] as const)),
  );
  const found = new Set<OnnxNode>();
  const seen = new Set<string>();
  const open = main
    .filter(({ op }) => op === "NonMaxSuppression")
    .map(({ inputs }) => inputs[SCORES] ?? "");

  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = makers.get(name);
    if (seen.has(name) || !node || !MOVING.has(node.op)) continue;

    seen.add(name);
    if (node.op === "Where") found.add(node);
    open.push(...(node.op === "Where" ? node.inputs.slice(1) : node.inputs));
  }

  return found;
}
