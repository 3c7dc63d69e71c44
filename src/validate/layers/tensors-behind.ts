import { decidedBy, LENGTHS } from "../../onnx/decided-by.ts";
import type { OnnxModel, OnnxNode } from "../../onnx/model.ts";

/** What they give jumps where their input moves by a rounding step: which row stands where, and which integer it is. */
const CHOOSING: ReadonlySet<string> = new Set([
  ...["ArgMax", "ArgMin", "Hardmax", "NonMaxSuppression", "NonZero", "TopK"],
  ...["Ceil", "Floor", "Round", "Sign", "Unique"],
  ...["DynamicQuantizeLinear", "QuantizeLinear"],
]);

/** ONNX Runtime's kernels of them approximate their activations, which the source's rounding does not explain. */
const APPROXIMATE: ReadonlySet<string> = new Set(["GRU", "LSTM", "RNN"]);

/** Tensors of the main graph behind an operator that chooses: an error there may be a tie that fell the other way. */
export function chosenTensors(graph: OnnxModel): Set<string> {
  return tensorsBehind(graph, CHOOSING);
}

/** Tensors of the main graph behind a recurrent layer. */
export function approximateTensors(graph: OnnxModel): Set<string> {
  return tensorsBehind(graph, APPROXIMATE);
}

function tensorsBehind(
  graph: OnnxModel,
  ops: ReadonlySet<string>,
): Set<string> {
  const behind = new Set<string>();
  const { nodes } = graph;
  const choosing = nodes.filter(({ op }) => ops.has(op));
  if (choosing.length === 0) return behind;

  // No rounding moves a length, as padding that rounds it up.
  const by = decidedBy(graph);
  const open = choosing.filter(
    ({ scope, inputs }) =>
      scope !== "" || inputs.some((name) => by(name, "") === "values"),
  );
  if (open.length === 0) return behind;

  const readers = new Map<string, OnnxNode[]>();
  for (const node of nodes)
    for (const name of node.inputs)
      readers.set(name, [...(readers.get(name) ?? []), node]);

  // What stands inside of a branch, a loop or a function may reach whatever has such an inside.
  const owners = nodes.filter(isOwner(nodes));

  for (let node = open.pop(); node; node = open.pop()) {
    if (LENGTHS.has(node.op)) continue;
    if (node.scope !== "") open.push(...owners.filter(isNew(behind)));

    for (const name of node.outputs.filter((each) => !behind.has(each))) {
      behind.add(name);
      open.push(...(readers.get(name) ?? []));
    }
  }

  return behind;
}

function isOwner(nodes: readonly OnnxNode[]): (node: OnnxNode) => boolean {
  const paths = nodes.map(({ scope }) => scope).filter((scope) => scope !== "");

  return ({ scope, op, domain }) =>
    scope === "" &&
    paths.length > 0 &&
    (["If", "Loop", "Scan"].includes(op) || !["", "ai.onnx"].includes(domain));
}

function isNew(behind: ReadonlySet<string>): (node: OnnxNode) => boolean {
  return ({ outputs }) => outputs.some((name) => !behind.has(name));
}
