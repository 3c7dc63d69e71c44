import type { Tolerance } from "../../config/policy.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import { type FreeAxis, freeAxes, isShownOpen, sizesToTry } from "../axes.ts";
import { type Finding, passed, type SessionCheck, type Subject, skipped, warned, wrong } from "../check.ts";
import { difference, rowsOf } from "../near.ts";
import { planOutputs } from "../parity/plan-outputs.ts";
import { countingCases, elementsOf, type ReferenceCase, smallestCase } from "../references.ts";
import { withAxis } from "../resize.ts";
import { type Feeds, feedsOf, ortMessage, type Runtime } from "../runtime.ts";
import { isFloat, numbersOf, shapeText, type Tensor } from "../tensor.ts";

/** Inputs that are larger than this many times the largest reference, or than this many elements, are left out. */
const LARGEST_TIMES = 6;
const LARGEST_ELEMENTS = 2 ** 26;

/** One try: lengths by axis. */
type Sizes = ReadonlyMap<FreeAxis, number>;

interface Try {
  sizes: Sizes;
  inputs: Feeds;
  /** Asked for by policy, or the first beyond references that do not show the axis open: it is tried in any case. */
  required: boolean;
}

/** Lengths beyond the references on each axis that the graph leaves open: one that is baked in passes every numeric rule. */
export const shapes: SessionCheck = {
  name: "shapes",
  needs: "session",
  async run(subject, graph, runtime) {
    const references = await runtime.references();
    const base = references && smallestCase(references.cases);
    if (!references || !base) return skipped("not run: the references have no inputs to try");
    const cases = countingCases(references);
    const axes = freeAxes(graph, cases);
    if (axes.length === 0) return passed("all axes have a fixed length");
    const feeds = await feedsOf(references, base);
    const { sets } = planOutputs(subject, graph, cases);
    const whole = await runtime.runCase(base).catch(() => null);
    if (!whole) return skipped(`not run: ONNX Runtime cannot run case ${base.name}`);
    const limit = LARGEST_TIMES * Math.max(...cases.map(({ inputs }) => elementsOf(inputs)));
    const tries = plannedTries(subject, axes, feeds, limit);
    return tryAll(graph, runtime, { whole, base, sets, tolerance: subject.policy.tolerance }, tries);
  },
};

interface Base {
  base: ReferenceCase;
  /** What the base case gives. */
  whole: Feeds;
  sets: ReadonlySet<string>;
  tolerance: Tolerance;
}

async function tryAll(graph: OnnxModel, runtime: Runtime, base: Base, tries: readonly Try[]): Promise<Finding> {
  const tried: string[] = [];
  const left: string[] = [];
  for (const { sizes, inputs, required } of tries) {
    const what = sizesText(sizes);
    if (!required && !runtime.hasRoom()) {
      left.push(what);
      continue;
    }
    const found = await runtime.run(what, inputs).then(
      (outputs) => ({ problem: outputProblem(graph, base, sizes, outputs), ran: true }),
      (error) => ({ problem: `ONNX Runtime fails: ${ortMessage(error)}`, ran: false }),
    );
    const message = `the graph leaves ${names(sizes)} open, but with ${what} ${found.problem}`;
    if (found.problem && !found.ran && isFar(sizes, required)) return warned(message, { tried, left_out: left });
    if (found.problem) return wrong(message, { tried, left_out: left });
    tried.push(what);
  }
  if (tried.length === 0)
    return passed("the open axes could not be tried beyond the references: they are too large", {
      tried,
      left_out: left,
    });
  return passed(`also runs with ${tried.join("; ")}`, { tried, left_out: left });
}

/** More than right after what the references have. A batch knows no such limit. */
function isFar(sizes: Sizes, required: boolean): boolean {
  return !required && ![...sizes.keys()].some(({ kind }) => kind === "batch");
}

/** A length that is far beyond may be too long for the source itself, e.g. for its table of positions. */
function plannedTries({ contract, policy }: Subject, axes: readonly FreeAxis[], feeds: Feeds, limit: number): Try[] {
  const stride = strideOf(contract);
  const make = (sizes: Sizes, required: boolean): Try => ({ sizes, inputs: resized(feeds, sizes), required });
  const own = axes.flatMap((axis) =>
    sizesToTry(axis, stride).map((size, index) => make(new Map([[axis, size]]), index === 0 && !isShownOpen(axis))),
  );
  const asked = policySizes(policy.shapes, axes).map((sizes) => make(sizes, true));
  const least = elementsOf(feeds);
  return [
    ...own.filter(({ inputs }) => elementsOf(inputs) <= Math.min(LARGEST_ELEMENTS, Math.max(limit, least))),
    ...asked.filter(({ inputs }) => elementsOf(inputs) <= LARGEST_ELEMENTS),
  ];
}

/** The policy's sizes by the axis's own name or by what it is; the longest list says how many tries. */
function policySizes(shapes: Record<string, number[]>, axes: readonly FreeAxis[]): Sizes[] {
  const lists = axes.flatMap((axis): [FreeAxis, number[]][] => {
    const sizes = shapes[axis.name] ?? shapes[axis.kind];
    return sizes && sizes.length > 0 ? [[axis, sizes]] : [];
  });
  const count = Math.max(0, ...lists.map(([, sizes]) => sizes.length));
  return Array.from(
    { length: count },
    (_, index) => new Map(lists.map(([axis, sizes]) => [axis, sizes[index % sizes.length] ?? 1])),
  );
}

function strideOf(contract: Subject["contract"]): number | null {
  const input = contract?.input as { stride?: unknown } | undefined;
  return typeof input?.stride === "number" && Number.isInteger(input.stride) && input.stride > 0 ? input.stride : null;
}

function resized(feeds: Feeds, sizes: Sizes): Map<string, Tensor> {
  const result = new Map(feeds);
  for (const [{ places }, size] of sizes)
    for (const { input, axis } of places) {
      const tensor = result.get(input);
      if (tensor) result.set(input, withAxis(tensor, axis, size));
    }
  return result;
}

/** An output's axis of the same name has the same length; finite stays finite; rows that repeat give the same again. */
function outputProblem(graph: OnnxModel, from: Base, sizes: Sizes, outputs: Feeds): string | null {
  const { whole, base, sets } = from;
  for (const { name, shape } of graph.outputs) {
    const [before, after] = [whole.get(name), outputs.get(name)];
    if (!before || !after) continue;
    for (const [axis, size] of sizes) {
      const at = shape?.indexOf(axis.name) ?? -1;
      const follows = at >= 0 ? at : axis.kind === "batch" && before.dims[0] === batchOf(base, axis) ? 0 : -1;
      if (follows >= 0 && after.dims[follows] !== size)
        return `output "${name}" has the shape ${shapeText(after.dims)}: its axis ${follows} does not follow`;
    }
    if (sets.has(name)) continue;
    if (isFloat(after.dtype) && allFinite(before) && !allFinite(after)) return `output "${name}" holds NaN or infinity`;
    const problem = repeatProblem(before, after, sizes, from);
    if (problem) return `output "${name}" is not that of the same rows in case ${base.name}: ${problem}`;
  }
  return null;
}

/** Where only the batch is longer, its rows are those of the base case again. */
function repeatProblem(before: Tensor, after: Tensor, sizes: Sizes, { base, tolerance }: Base): string | null {
  const [only, ...others] = [...sizes];
  if (!only || others.length > 0 || only[0].kind !== "batch") return null;
  const rows = batchOf(base, only[0]);
  if (before.dims[0] !== rows || after.dims[0] !== only[1]) return null;
  for (let row = 0; row < only[1]; row++) {
    const found = difference(rowsOf(before, row % rows, (row % rows) + 1), rowsOf(after, row, row + 1), 0, tolerance);
    if (found) return `row ${row}, ${found}`;
  }
  return null;
}

function batchOf({ inputs }: ReferenceCase, { places }: FreeAxis): number {
  const [place] = places;
  return place ? (inputs.get(place.input)?.dims[place.axis] ?? 0) : 0;
}

function allFinite(tensor: Tensor): boolean {
  return numbersOf(tensor).every(Number.isFinite);
}

function names(sizes: Sizes): string {
  return [...sizes.keys()].map((axis) => `${axis.name} (${axis.kind})`).join(" and ");
}

function sizesText(sizes: Sizes): string {
  return [...sizes].map(([axis, size]) => `${axis.name} = ${size}`).join(", ");
}
