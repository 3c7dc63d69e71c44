import type { OnnxModel } from "../../onnx/model.ts";

/** Why an inner tensor of the references cannot be compared, in words. */
export interface Absent {
  name: string;
  why: string;
}

/** Names that the main graph has and uses; the others, and why not. */
export function presentNames(
  graph: OnnxModel,
  names: readonly string[],
): { present: string[]; absent: Absent[] } {
  const main = new Set(
    graph.nodes.flatMap(({ scope, outputs }) => (scope === "" ? outputs : [])),
  );

  const used = usedTensors(graph);
  const absent = names.flatMap((name): Absent[] => {
    if (!main.has(name))
      return [{ name, why: "the graph has no tensor of this name" }];
    return used.has(name)
      ? []
      : [{ name, why: "no output of the graph depends on it" }];
  });

  return {
    present: names.filter((name) => main.has(name) && used.has(name)),
    absent,
  };
}

/** Tensors of the main graph, stored ones too, that an output depends on: a right one that nobody reads proves nothing. */
export function usedTensors({ nodes, outputs }: OnnxModel): Set<string> {
  const makers = new Map(
    nodes.flatMap((node) =>
      node.outputs.map((output) => [output, node] as const),
    ),
  );

  // A node inside of a branch may read any tensor outside of it.
  const open = [
    ...outputs.map(({ name }) => name),
    ...nodes.flatMap(({ scope, inputs }) => (scope ? inputs : [])),
  ];

  const used = new Set<string>();

  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    open.push(...(makers.get(name)?.inputs ?? []));
  }

  return used;
}

/** Words for the names that engines give; OpenMMLab's heads call their parts so. */
const WORDS: Record<string, string> = {
  "raw.logits": "the raw class scores",
  "raw.cls_scores": "the raw class scores",
  "raw.cls_score": "the raw class scores",
  "raw.bbox_preds": "the raw box offsets",
  "raw.bbox_pred": "the raw box offsets",
  "raw.objectnesses": "the raw objectness",
  "raw.centernesses": "the raw centerness",
  "nms.boxes": "the boxes before suppression",
  "nms.scores": "the class scores before suppression",
};

/** `the raw class scores of level 2 (raw.cls_scores.2)`. */
export function intermediateName(name: string): {
  name: string;
  called: string;
  plural: boolean;
} {
  const [, first = "", level = ""] = /^(.+?)(?:\.(\d+))?$/s.exec(name) ?? [];
  const isProposal = first.startsWith("raw.rpn.");
  const part = isProposal ? `raw.${first.slice(8)}` : first;
  const words =
    WORDS[part] ??
    (part.startsWith("raw.")
      ? `the raw ${part.slice(4).replaceAll(/[_.]/g, " ")}`
      : null);

  if (!words)
    return {
      name,
      called: `the tensor ${name} inside the graph`,
      plural: false,
    };

  const of = `${isProposal ? " of the proposals" : ""}${level === "" ? "" : `${isProposal ? "," : " of"} level ${level}`}`;

  return {
    name,
    called: `${words}${of} (${name})`,
    plural: part in WORDS ? !words.endsWith("ness") : words.endsWith("s"),
  };
}
