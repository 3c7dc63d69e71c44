import { dataflowOf } from "../../onnx/dataflow.ts";
import { decidedBy } from "../../onnx/decided-by.ts";
import { type OnnxModel, type OnnxNode, scopedKey } from "../../onnx/model.ts";
import type { Meets } from "./traps.ts";

/** Something that runs of the graph do or do not: a branch that is taken, a loop that runs, and how it ends. */
export interface Place {
  meets: Meets;
  /** In words, where no reference does it; null where none could. */
  untaken: string | null;
}

/** A graph inside of a node. */
export interface Inner {
  owner: OnnxNode;
  /** The attribute that holds it. */
  role: string;
  scope: string;
  inputs: readonly string[];
  outputs: readonly string[];
}

/** They hand a condition on as it is. */
const SAME: ReadonlySet<string> = new Set(["Cast", "Identity"]);
/** Through so many of them. */
const STEPS = 32;
/** What they give has a length that values decide. */
const OPEN_LENGTHS: ReadonlySet<string> = new Set([
  ...["Compress", "Loop", "NonMaxSuppression", "NonZero", "Range", "Scan"],
  ...["SequenceMap", "TopK", "Unique"],
]);
/** As many steps as no loop takes: exporters write such a count where there is none. */
const NO_COUNT = 2 ** 31 - 1;

/** Says what to look for in a graph inside of a node; the first one is whether it runs at all. */
export function placeFinder(graph: OnnxModel): (inner: Inner) => Place[] {
  const by = decidedBy(graph);
  const { constantOf } = dataflowOf(graph);
  const makers = new Map(
    graph.nodes.flatMap((node) =>
      node.outputs.map((name) => [scopedKey(node.scope, name), node] as const),
    ),
  );
  const isOpen =
    graph.inputs.some(
      ({ shape }) => shape?.every((size) => typeof size === "number") !== true,
    ) || graph.nodes.some(({ op }) => OPEN_LENGTHS.has(op));

  function mayVary(name: string, scope: string): boolean {
    const kind = by(name, scope);
    return kind === "values" || (kind === "lengths" && isOpen);
  }

  /** The loop goes on because it went on, or for ever: only its count ends it. */
  function isCarriedOn({ scope, inputs, outputs }: Inner): boolean {
    let name = outputs[0] ?? "";
    for (let left = STEPS; left > 0; left--) {
      const node = makers.get(scopedKey(scope, name));
      if (!node) return name === inputs[1] || !inputs.includes(name);
      if (node.op === "Constant") return true;
      if (!SAME.has(node.op)) return false;
      name = node.inputs[0] ?? "";
    }

    return false;
  }

  function ofBody(inner: Inner): Place[] {
    const { owner, inputs, outputs } = inner;
    const [step = ""] = inputs;
    const [count = ""] = owner.inputs;
    const loop = `the Loop ${calledOf(owner)}`;
    const ends = !isCarriedOn(inner);
    const largest = constantOf(count, owner.scope)?.[0] ?? 0;
    const isCounted = count !== "" && largest < NO_COUNT;
    const isSaid = ends || mayVary(count, owner.scope);
    const place = (meets: Meets, untaken: string): Place => ({
      meets,
      untaken: isSaid ? untaken : null,
    });

    const all = [
      place({ kind: "always" }, untakenText(`runs the body of ${loop}`)),
      place(
        { kind: "further", step },
        untakenText(`runs the body of ${loop} twice`, "what it hands on"),
      ),
    ];
    if (!ends) return all;

    all.push(
      place(
        { kind: "false", flag: outputs[0] ?? "" },
        untakenText(`ends ${loop} by its condition`, "that"),
      ),
    );
    if (isCounted)
      all.push(
        place(
          { kind: "last", step, count },
          untakenText(`runs ${loop} up to its largest count`, "that"),
        ),
      );

    return all;
  }

  function ofBranch({ owner, role }: Inner): Place[] {
    const branch = role === "then_branch" ? "then" : "else";
    const isSaid = mayVary(owner.inputs[0] ?? "", owner.scope);
    const untaken = `no reference takes the ${branch} branch of the If ${calledOf(owner)}, so a fault in it would not be detected; add a case that takes it`;

    return [{ meets: { kind: "always" }, untaken: isSaid ? untaken : null }];
  }

  return (inner) => {
    const { op, domain } = inner.owner;
    if (domain !== "") return [];
    if (op === "If") return ofBranch(inner);

    return op === "Loop" ? ofBody(inner) : [];
  };
}

function untakenText(does: string, what = "it"): string {
  return `no reference ${does}, so a fault in ${what} would not be detected; add a case that does`;
}

/** The name of a node, and where it stands. */
export function calledOf({ name, outputs, scope }: OnnxNode): string {
  const called = `"${name || outputs[0] || ""}"`;
  return scope === "" ? called : `${called} in ${scope}`;
}
