import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { OnnxModel, OnnxNode } from "../../onnx/model.ts";
import { countingCases } from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import { withOutputs } from "../intermediate/open-tensors.ts";
import { sizesOf } from "../layers/tensors-behind.ts";
import { type InsideSource, withLoaded } from "../runtime/inside.ts";
import { once } from "../runtime/once.ts";
import { ortMessage } from "../runtime/ort-message.ts";

/** Which branches of the graph the references take. */
export interface Branches {
  /** In words, each branch that no case takes: nothing in it was compared. */
  untaken(): Promise<string[]>;
}

/** An `If` of the main graph, by what it asks. */
interface Decision {
  node: OnnxNode;
  condition: string;
  /** What its condition was in the cases so far. */
  seen: Set<boolean>;
}

export function createBranches(source: InsideSource): Branches {
  return { untaken: once(() => untaken(source)) };
}

async function untaken(source: InsideSource): Promise<string[]> {
  const decisions = decisionsOf(source.graph);
  if (decisions.length === 0) return [];

  try {
    await watchCases(source, decisions);
  } catch (error) {
    source.watch.failed(error);
    const names = decisions.map(({ node }) => calledOf(node)).join(", ");

    return [
      `it is unknown which branches of the If ${names} the references take: ${ortMessage(error)}`,
    ];
  }

  return decisions.flatMap(({ node, seen }) =>
    seen.size === 1 ? [untakenText(node, seen.has(true))] : [],
  );
}

/** Those that values decide: a decision by a length alone is for the other lengths, which the check of shapes tries. */
function decisionsOf(graph: OnnxModel): Decision[] {
  const asks = graph.nodes.filter(
    ({ op, domain, scope }) => op === "If" && domain === "" && scope === "",
  );
  const sizes = asks.length > 0 ? sizesOf(graph) : new Set<string>();

  return asks.flatMap((node) => {
    const condition = node.inputs[0] ?? "";
    return sizes.has(condition) ? [] : [{ node, condition, seen: new Set() }];
  });
}

async function watchCases(
  source: InsideSource,
  decisions: readonly Decision[],
): Promise<void> {
  const { model, graph, scratch, references } = source;
  const folder = join(scratch, "branches");
  await mkdir(folder, { recursive: true });

  const fed = new Set(graph.inputs.map(({ name }) => name));
  const names = [...new Set(decisions.map(({ condition }) => condition))];
  const more = {
    names: names.filter((name) => !fed.has(name)),
    more: Buffer.alloc(0),
  };
  const file = (await withOutputs(model, graph, more, folder)) ?? model;
  const what = "with its conditions as outputs";

  await withLoaded(source, { file, what }, async (run) => {
    const cases = countingCases({ cases: await references.cases() });
    for (const referenceCase of cases) {
      if (decisions.every(({ seen }) => seen.size === 2)) break;

      const feeds = await references.feeds(referenceCase);
      const given = await run(`case ${referenceCase.name}, ${what}`, feeds);
      for (const { condition, seen } of decisions)
        addValue(seen, given.get(condition) ?? feeds.get(condition));
    }
  });
}

function addValue(seen: Set<boolean>, tensor: ReturnType<Feeds["get"]>): void {
  const value = tensor?.data[0];
  if (value !== undefined) seen.add(Number(value) !== 0);
}

function calledOf({ name, outputs }: OnnxNode): string {
  return `"${name || outputs[0] || ""}"`;
}

function untakenText(node: OnnxNode, isThen: boolean): string {
  return `no reference takes the ${isThen ? "else" : "then"} branch of the If ${calledOf(node)}, so a fault in it would not be detected; add a case that takes it`;
}
