import type { Tolerance } from "../../config/policy.ts";
import type { OnnxModel, OnnxValue } from "../../onnx/model.ts";
import type { FreeAxis } from "../evidence/axes.ts";
import type { ReferenceCase } from "../evidence/references.ts";
import type { Sizes } from "../evidence/shape-tries.ts";
import {
  type Feeds,
  isFloat,
  numbersOf,
  shapeText,
  type Tensor,
} from "../evidence/tensor.ts";
import { difference, largestOf, rowsOf } from "../run-difference.ts";

/** What other sizes are compared with. */
export interface Base {
  base: ReferenceCase;
  /** What the base case gives. */
  whole: Feeds;
  /** By output, the largest value over all cases, where it is known. */
  largest: ReadonlyMap<string, number>;
  /** Outputs whose rows are a set: those of the detections. */
  sets: ReadonlySet<string>;
  tolerance: Tolerance;
}

/** What is wrong with the outputs at these sizes: an output's axis of the same name has the same length; finite stays finite; rows that repeat give the same again. */
export function outputProblem(
  { outputs }: OnnxModel,
  from: Base,
  sizes: Sizes,
  given: Feeds,
): string | null {
  for (const output of outputs) {
    const { name } = output;
    const [before, after] = [from.whole.get(name), given.get(name)];
    if (!before || !after) continue;

    const problem =
      axisProblem(output, from, sizes, [before, after]) ??
      (from.sets.has(name)
        ? null
        : valueProblem(name, from, sizes, [before, after]));

    if (problem) return `output "${name}" ${problem}`;
  }

  return null;
}

type Pair = readonly [before: Tensor, after: Tensor];

function axisProblem(
  { shape }: OnnxValue,
  { base }: Base,
  sizes: Sizes,
  [before, after]: Pair,
): string | null {
  for (const [axis, size] of sizes) {
    const length = lengthIn(base, axis);
    const isBatch = axis.kind === "batch" && before.dims[0] === length;
    const named = shape?.indexOf(axis.name) ?? -1;
    const at = named >= 0 || !isBatch ? named : 0;
    if (at < 0) continue;

    // By the axis's name; where the references say that the name is wrong, as of a picture twice as large, it only must change.
    const follows =
      before.dims[at] === length
        ? after.dims[at] === size
        : after.dims[at] !== before.dims[at];

    if (!follows)
      return `has the shape ${shapeText(after.dims)}: its axis ${at} does not change with it`;
  }

  return null;
}

function valueProblem(
  name: string,
  from: Base,
  sizes: Sizes,
  [before, after]: Pair,
): string | null {
  if (isFloat(after.dtype) && allFinite(before) && !allFinite(after))
    return "contains NaN or infinity";

  const largest = Math.max(largestOf(before), from.largest.get(name) ?? 0);
  const problem = repeatProblem(from, sizes, [before, after], largest);

  return (
    problem &&
    `differs from the same rows in case ${from.base.name}: ${problem}`
  );
}

/** Where only the batch is longer, its rows are those of the base case again. */
function repeatProblem(
  { base, tolerance }: Base,
  sizes: Sizes,
  [before, after]: Pair,
  largest: number,
): string | null {
  const [only, ...others] = [...sizes];
  if (!only || others.length > 0 || only[0].kind !== "batch") return null;

  const [axis, size] = only;
  const rows = lengthIn(base, axis);
  if (before.dims[0] !== rows || after.dims[0] !== size) return null;

  const scale = { noise: 0, largest };
  for (let row = 0; row < size; row++) {
    const found = difference(
      rowsOf(before, row % rows, (row % rows) + 1),
      rowsOf(after, row, row + 1),
      scale,
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
