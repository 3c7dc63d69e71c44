import {
  nameFinder,
  type OnnxModel,
  type OnnxNode,
  scopedKey,
} from "./model.ts";

/** Operators that hand a value on as it is, or in another shape or type. */
const SAME = new Set([
  "Identity",
  "Cast",
  "Reshape",
  "Squeeze",
  "Unsqueeze",
  "Flatten",
]);
/** A value is followed through so many operators. */
const STEPS = 32;

/** Where values of a graph come from and go to. */
export interface Dataflow {
  nodes: readonly OnnxNode[];
  /** Values of a tensor that is constant; null where it is not, or is too large to be known. */
  constantOf(name: string, scope: string): number[] | null;
  /** The largest that a length can become: a constant, also where the smaller of it and another is taken. */
  boundOf(name: string, scope: string): number | null;
  /** The nodes that a node's inputs come from, however far. */
  before(node: OnnxNode): Set<OnnxNode>;
}

/** Built once for a graph. */
export function dataflowOf({
  nodes,
  constants,
  functions,
}: OnnxModel): Dataflow {
  const lookUp = nameFinder({ functions });
  const producers = new Map<string, OnnxNode>();
  for (const node of nodes)
    for (const name of node.outputs)
      producers.set(scopedKey(node.scope, name), node);
  const values = new Map(
    constants.map((constant) => [
      scopedKey(constant.scope, constant.name),
      constant.values,
    ]),
  );

  function constantOf(
    name: string,
    scope: string,
    steps = STEPS,
  ): number[] | null {
    const known = lookUp(values, name, scope);
    if (known) return known;

    const node = lookUp(producers, name, scope);
    if (!node || steps === 0 || !SAME.has(node.op)) return null;

    return constantOf(node.inputs[0] ?? "", node.scope, steps - 1);
  }

  function boundOf(name: string, scope: string, steps = STEPS): number | null {
    const constant = constantOf(name, scope);
    if (constant) return constant.length === 1 ? (constant[0] ?? null) : null;

    const node = lookUp(producers, name, scope);
    if (!node || steps === 0) return null;

    const from = SAME.has(node.op) ? node.inputs.slice(0, 1) : limitsOf(node);
    const bounds = from
      .map((input) => boundOf(input, node.scope, steps - 1))
      .filter((bound) => bound !== null);

    return bounds.length > 0 ? Math.min(...bounds) : null;
  }

  function before(node: OnnxNode): Set<OnnxNode> {
    const seen = new Set<OnnxNode>();
    const left = [node];

    for (let next = left.pop(); next; next = left.pop())
      for (const input of next.inputs) {
        const from = lookUp(producers, input, next.scope);
        if (!from || seen.has(from)) continue;

        seen.add(from);
        left.push(from);
      }

    return seen;
  }

  return { nodes, constantOf, boundOf, before };
}

/** `Where(n < k, n, k)` and `Min(n, k)` are how exporters say "at most k". */
function limitsOf({ op, inputs }: OnnxNode): string[] {
  if (op === "Where") return inputs.slice(1);
  return op === "Min" ? inputs : [];
}
