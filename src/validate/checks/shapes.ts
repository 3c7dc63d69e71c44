import type { Tolerance } from "../../config/policy.ts";
import { type Message, sentence, toMessage } from "../../message.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import {
  type Finding,
  passed,
  type SessionCheck,
  skipped,
  warned,
  wrong,
} from "../check.ts";
import { type FreeAxis, freeAxes } from "../evidence/axes.ts";
import { feedsOf } from "../evidence/feeds.ts";
import {
  countingCases,
  elementsOf,
  type ReferenceCase,
  smallestCase,
} from "../evidence/references.ts";
import {
  plannedTries,
  type Sizes,
  type Try,
  type TryKind,
} from "../evidence/shape-tries.ts";
import {
  type Feeds,
  isFloat,
  numbersOf,
  shapeText,
  type Tensor,
} from "../evidence/tensor.ts";
import { planOutputs } from "../parity/plan-outputs.ts";
import { difference, rowsOf } from "../run-difference.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Sizes of pictures, or lengths, that the references should have. */
const ENOUGH_SIZES = 3;

interface ShapesDetails {
  tried: string[];
  /** For want of room. */
  left_out: string[];
  /** Off the stride or very short: the source may refuse them as well. */
  refused: string[];
}

/** Lengths beyond the references on each axis that the graph leaves open: one that is baked in passes every numeric rule. */
export const shapes: SessionCheck<"shapes", ShapesDetails> = {
  name: "shapes",
  title: "open axes",
  question:
    "does it run at sizes beyond those of the references, on each axis that is said to be free?",
  next: "Export with axes that are open in fact, or declare their length as fixed",
  canBeSwitchedOff: true,
  needs: "inputs",
  async run(subject, graph, runtime) {
    const references = await runtime.references.open();
    const base = references && smallestCase(references.cases);
    if (!references || !base)
      return skipped("not run: the references have no inputs to try");

    const cases = countingCases(references);
    const axes = freeAxes(graph, cases);
    if (axes.length === 0) return passed("all axes have a fixed length");

    const feeds = await feedsOf(references, base);
    const { sets } = planOutputs(subject, graph, cases);
    const whole = await runtime.session.runCase(base).catch(() => null);
    if (!whole)
      return skipped(`not run: ONNX Runtime cannot run case ${base.name}`);

    const tries = plannedTries(
      subject,
      axes,
      feeds,
      Math.max(...cases.map(({ inputs }) => elementsOf(inputs))),
    );

    const found = await tryAll(
      graph,
      runtime,
      { whole, base, sets, tolerance: subject.policy.tolerance },
      tries,
    );

    return found.status === "pass"
      ? { ...found, ...fewSizes(axes, found.message) }
      : found;
  },
};

interface Base {
  base: ReferenceCase;
  /** What the base case gives. */
  whole: Feeds;
  sets: ReadonlySet<string>;
  tolerance: Tolerance;
}

async function tryAll(
  graph: OnnxModel,
  runtime: Runtime,
  base: Base,
  tries: readonly Try[],
): Promise<Finding<ShapesDetails>> {
  const details: ShapesDetails = { tried: [], left_out: [], refused: [] };

  for (const { sizes, inputs, kind } of tries) {
    const what = sizesText(sizes);
    if (kind !== "required" && !runtime.budget.hasRoom()) {
      details.left_out.push(what);
      continue;
    }

    const found = await runtime.session.run(what, inputs).then(
      (outputs) => ({
        problem: outputProblem(graph, base, sizes, outputs),
        ran: true,
      }),
      (error) => ({
        problem: `ONNX Runtime fails: ${ortMessage(error)}`,
        ran: false,
      }),
    );

    if (!found.problem) {
      details.tried.push(what);
      continue;
    }

    const message = `the graph leaves ${names(sizes)} open, but with ${what} ${found.problem}`;
    if (kind === "edge" && !found.ran) details.refused.push(what);
    else if (kind === "edge" || (!found.ran && isFar(sizes, kind)))
      return warned(message, details);
    else return wrong(message, details);
  }

  return passed(passText(details), details);
}

function passText({
  tried,
  refused,
}: {
  tried: string[];
  refused: string[];
}): string {
  const not =
    refused.length > 0
      ? `; it refuses ${refused.join("; ")}, which the source may do as well`
      : "";
  if (tried.length === 0)
    return `the open axes could not be tried beyond the references: they are too large${not}`;
  return `also runs with ${tried.join("; ")}${not}`;
}

/** At sizes that no reference has nothing is compared with the source: of one size only, that is most of them. */
function fewSizes(
  axes: readonly FreeAxis[],
  message: Message,
): Pick<Finding, "status" | "message"> {
  const open = axes.filter(({ kind }) => kind !== "batch");
  const [first] = open;
  const count = new Set(
    first?.sizes.map((_, at) => open.map(({ sizes }) => sizes[at]).join("×")),
  ).size;
  if (open.length === 0 || count >= ENOUGH_SIZES)
    return { status: "pass", message };

  const of = open.map(({ name }) => name).join(" and ");
  const said = `the references have only ${count} size${count === 1 ? "" : "s"} of ${of}, of which ${ENOUGH_SIZES} would tell more`;

  return count === 1
    ? {
        status: "warn",
        message: toMessage(`${said}: a fault at other sizes would not show`),
      }
    : {
        status: "pass",
        message: { ...message, parts: sentence`${message.parts}; ${said}` },
      };
}

/**
 * More than right after what the references have; or any length of a sequence where they have several already, as a
 * table of positions ends somewhere for the source too. A batch and the sides of a picture know no such limit.
 */
function isFar(sizes: Sizes, kind: TryKind): boolean {
  const axes = [...sizes.keys()];
  if (axes.some((axis) => axis.kind === "batch")) return false;

  return (
    kind === "further" ||
    axes.every(
      ({ kind: of, sizes: seen }) =>
        of === "length" && new Set(seen).size >= ENOUGH_SIZES,
    )
  );
}

/** An output's axis of the same name has the same length; finite stays finite; rows that repeat give the same again. */
function outputProblem(
  graph: OnnxModel,
  from: Base,
  sizes: Sizes,
  outputs: Feeds,
): string | null {
  const { whole, base, sets } = from;
  for (const { name, shape } of graph.outputs) {
    const [before, after] = [whole.get(name), outputs.get(name)];
    if (!before || !after) continue;

    for (const [axis, size] of sizes) {
      const at = shape?.indexOf(axis.name) ?? -1;
      const follows =
        at >= 0
          ? at
          : axis.kind === "batch" && before.dims[0] === lengthIn(base, axis)
            ? 0
            : -1;

      if (
        follows >= 0 &&
        !isFollowed(
          before.dims[follows],
          after.dims[follows],
          size,
          lengthIn(base, axis),
        )
      )
        return `output "${name}" has the shape ${shapeText(after.dims)}: its axis ${follows} does not follow`;
    }

    if (sets.has(name)) continue;
    if (isFloat(after.dtype) && allFinite(before) && !allFinite(after))
      return `output "${name}" holds NaN or infinity`;

    const problem = repeatProblem(before, after, sizes, from);
    if (problem)
      return `output "${name}" is not that of the same rows in case ${base.name}: ${problem}`;
  }

  return null;
}

/** By the axis's name; where the references say that the name is wrong, as of a picture twice as large, it only must change. */
function isFollowed(
  before: number | undefined,
  after: number | undefined,
  size: number,
  length: number,
): boolean {
  return before === length ? after === size : after !== before;
}

/** Where only the batch is longer, its rows are those of the base case again. */
function repeatProblem(
  before: Tensor,
  after: Tensor,
  sizes: Sizes,
  { base, tolerance }: Base,
): string | null {
  const [only, ...others] = [...sizes];
  if (!only || others.length > 0 || only[0].kind !== "batch") return null;

  const rows = lengthIn(base, only[0]);
  if (before.dims[0] !== rows || after.dims[0] !== only[1]) return null;

  for (let row = 0; row < only[1]; row++) {
    const found = difference(
      rowsOf(before, row % rows, (row % rows) + 1),
      rowsOf(after, row, row + 1),
      0,
      tolerance,
    );
    if (found) return `row ${row}, ${found}`;
  }

  return null;
}

function lengthIn({ inputs }: ReferenceCase, { places }: FreeAxis): number {
  const [place] = places;
  return place ? (inputs.get(place.input)?.dims[place.axis] ?? 0) : 0;
}

function allFinite(tensor: Tensor): boolean {
  return numbersOf(tensor).every(Number.isFinite);
}

function names(sizes: Sizes): string {
  return [...sizes.keys()]
    .map((axis) => `${axis.name} (${axis.kind})`)
    .join(" and ");
}

function sizesText(sizes: Sizes): string {
  return [...sizes].map(([axis, size]) => `${axis.name} = ${size}`).join(", ");
}
