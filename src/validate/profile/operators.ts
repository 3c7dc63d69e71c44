import type { Profile } from "../../config/profile.ts";
import type { OnnxModel, OnnxNode } from "../../onnx/model.ts";
import type { Judgement } from "./judgement.ts";

/** Operators that are named in one message. */
const NAMED = 5;

type Has = Record<string, string[]>;

/** What helps where an opset up to `newest` is needed. */
export type Advice = (newest: number, oldest?: number) => string;

/** Operators that the runtime does not have: how many nodes, the first one, and where it stands. */
export function operatorProblems(
  graph: OnnxModel,
  profile: Profile,
  advice: Advice,
): string[] {
  const { lacking, foreign, late } = missingOperators(graph, profile);

  return [
    ...[...foreign].map(
      ([domain, nodes]) =>
        `it has no operators of the domain "${domain}" (${listed(group(nodes))}): export with standard ONNX operators`,
    ),
    ...(lacking.size > 0
      ? [
          `it lacks ${listed(lacking)}: export the model without them, or choose another runtime`,
        ]
      : []),
    ...[...late].map(
      ([name, { nodes, from }]) =>
        `it lacks ${listed(new Map([[name, nodes]]))} from opset ${from} on: ${advice(from - 1)}`,
    ),
  ];
}

interface MissingOperators {
  /** By operator. */
  lacking: Map<string, OnnxNode[]>;
  /** By domain. */
  foreign: Map<string, OnnxNode[]>;
  /** By operator: those that it has in older opsets only. */
  late: Map<string, { nodes: OnnxNode[]; from: number }>;
}

function missingOperators(
  graph: OnnxModel,
  profile: Profile,
): MissingOperators {
  const missing: MissingOperators = {
    lacking: new Map(),
    foreign: new Map(),
    late: new Map(),
  };

  const { has = {}, lacks = {} } = profile.operators ?? {};

  for (const node of callsOf(graph)) {
    const name = nameOf(node);
    const domain = node.domain || "ai.onnx";
    if (!profile.opsets[domain]) add(missing.foreign, domain, node);
    if (has[domain]?.includes(node.op) === false)
      add(missing.lacking, name, node);

    const from = lacks[domain]?.[node.op];
    if (from === undefined || (graph.opsets[node.domain] ?? 0) < from) continue;

    if (from > 1) addLate(missing.late, name, { node, from });
    else add(missing.lacking, name, node);
  }

  return missing;
}

function addLate(
  late: MissingOperators["late"],
  name: string,
  { node, from }: { node: OnnxNode; from: number },
): void {
  const known = late.get(name);
  if (known) known.nodes.push(node);
  else late.set(name, { nodes: [node], from });
}

/** Folded before the accelerators are asked. */
const FOLDED = ["Constant", "Identity"];

/** What each accelerator of the device leaves to the next one. */
export function fallBacks(
  graph: OnnxModel,
  profile: Profile,
  known: readonly Profile[],
): Judgement["falls_back"] {
  return (profile.providers ?? []).flatMap(
    ({ name, otherwise = "the CPU", like, has }) => {
      const list: Has =
        has ?? known.find(({ id }) => id === like)?.operators?.has ?? {};
      const left = callsOf(graph).filter(
        ({ domain, op }) =>
          !FOLDED.includes(op) &&
          list[domain || "ai.onnx"]?.includes(op) === false,
      );
      if (left.length === 0) return [];

      return [
        {
          provider: name,
          otherwise,
          nodes: left.length,
          operators: [...group(left).keys()].sort(),
        },
      ];
    },
  );
}

export function restrictionsMet(
  graph: OnnxModel,
  { restrictions = {} }: Profile,
): string[] {
  const used = new Set(
    callsOf(graph).map(({ domain, op }) => (domain === "" ? op : "")),
  );
  return Object.entries(restrictions)
    .filter(([op]) => used.has(op))
    .map(([op, says]) => `${op}: ${says}`);
}

/** Nodes that a runtime must have an operator for; a call of the file's own function is none. */
function callsOf({ nodes, functions }: OnnxModel): OnnxNode[] {
  const own = new Set(functions.map(({ domain, name }) => `${domain}:${name}`));
  return nodes.filter(({ domain, op }) => !own.has(`${domain}:${op}`));
}

function group(nodes: readonly OnnxNode[]): Map<string, OnnxNode[]> {
  const groups = new Map<string, OnnxNode[]>();
  for (const node of nodes) add(groups, nameOf(node), node);
  return groups;
}

function add(
  groups: Map<string, OnnxNode[]>,
  key: string,
  node: OnnxNode,
): void {
  const nodes = groups.get(key);
  if (nodes) nodes.push(node);
  else groups.set(key, [node]);
}

/** `RoiAlign (2 nodes, first "/roi/RoiAlign")`, `Det (1 node in If_3/then_branch)`. */
function listed(groups: ReadonlyMap<string, readonly OnnxNode[]>): string {
  const texts = [...groups].slice(0, NAMED).map(([name, nodes]) => {
    const [first] = nodes;
    const called = first?.name
      ? `, ${nodes.length > 1 ? "first " : ""}"${first.name}"`
      : "";

    const scope = first?.scope ? ` in ${first.scope}` : "";

    return `${name} (${nodes.length} node${nodes.length > 1 ? "s" : ""}${called}${scope})`;
  });
  if (groups.size > NAMED) texts.push(`${groups.size - NAMED} more`);
  return texts.join(", ");
}

function nameOf({ domain, op }: OnnxNode): string {
  return domain === "" ? op : `${domain}:${op}`;
}
