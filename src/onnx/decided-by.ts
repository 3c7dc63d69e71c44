import {
  functionFinder,
  nameFinder,
  type OnnxModel,
  type OnnxNode,
  scopedKey,
} from "./model.ts";

/** What a tensor is computed from: nothing that is fed, only lengths of what is fed, or its values. */
export type DecidedBy = "constants" | "lengths" | "values";

/** They give lengths, whatever the values are. */
export const LENGTHS: ReadonlySet<string> = new Set(["Shape", "Size"]);
/** What is inside of them may read any value of what is outside. */
const OWNERS: ReadonlySet<string> = new Set([
  ...["If", "Loop", "Scan", "SequenceMap"],
]);
const RANDOM = /^Random|^Bernoulli$|^Multinomial$/;
const ORDER: readonly DecidedBy[] = ["constants", "lengths", "values"];

/** Of each tensor by its name and scope; subgraphs see the names of what holds them, functions only their own. */
export function decidedBy({
  nodes,
  initializers,
  functions,
}: OnnxModel): (name: string, scope: string) => DecidedBy {
  const functionOf = functionFinder({ functions });
  const lookUp = nameFinder({ functions });
  const stored = new Set(initializers.map(({ name }) => name));
  const found = new Map<string, DecidedBy>();

  function of(name: string, scope: string): DecidedBy {
    if (name === "") return "constants";

    const known = lookUp(found, name, scope);
    if (known !== undefined) return known;

    return functionOf(scope) === null && stored.has(name)
      ? "constants"
      : "values";
  }

  // Nodes stand behind what they read, and before what is inside of them.
  for (const node of nodes) {
    const by = ofNode(node, of);
    for (const name of node.outputs) found.set(scopedKey(node.scope, name), by);
  }

  return of;
}

function ofNode(
  { op, domain, scope, inputs }: OnnxNode,
  of: (name: string, scope: string) => DecidedBy,
): DecidedBy {
  if (domain !== "" || OWNERS.has(op) || RANDOM.test(op)) return "values";
  if (LENGTHS.has(op)) return "lengths";

  const most = inputs.map((name) => ORDER.indexOf(of(name, scope)));

  return ORDER[Math.max(0, ...most)] ?? "values";
}
