import type { FreeAxis } from "../evidence/axes.ts";
import type { Sizes, Try, TryKind } from "../evidence/shape-tries.ts";
import { axisNames, sizesText } from "./size-text.ts";
import {
  type Outcome,
  type Trial,
  tryRepeated,
  trySizes,
} from "./try-sizes.ts";

/** Sizes of pictures, or lengths, that the references should have. */
export const ENOUGH_SIZES = 3;

/** What was tried, as the details of the check have it. */
export interface TriedDetails {
  tried: string[];
  /** For want of room. */
  left_out: string[];
  /** Off the stride or very short: the source may refuse them as well. */
  refused: string[];
}

/** A length that ONNX Runtime refuses, in its words. */
export interface RefusedLength {
  axis: FreeAxis;
  length: number;
  why: string;
}

/** What the tries showed; `problem` is the first that ended them. */
export interface TriedSizes {
  details: TriedDetails;
  problem: { isWrong: boolean; message: string } | null;
  /** What the contract or the policy promises, and the model refuses. */
  broken: RefusedLength | null;
  /** The largest length of each axis that ran beyond the references. */
  ran: Map<FreeAxis, number>;
  /** Where an axis ends far beyond the references, as it may for the source too. */
  ends: RefusedLength[];
}

/** Tries sizes until one shows a fault; what lies far beyond the references may be refused. */
export async function tryAll(
  trial: Trial,
  tries: readonly Try[],
): Promise<TriedSizes> {
  const result: TriedSizes = {
    details: { tried: [], left_out: [], refused: [] },
    problem: null,
    broken: null,
    ran: new Map(),
    ends: [],
  };

  for (const each of tries) {
    const isNeeded = each.kind === "promised" || each.kind === "required";
    if (!isNeeded && !trial.runtime.budget.hasRoom())
      result.details.left_out.push(sizesText(each.sizes));
    else if (!isBeyondEnd(result.ends, each))
      note(result, each, await tryOne(trial, each));

    if (result.problem) break;
  }

  return result;
}

function tryOne(trial: Trial, each: Try): Promise<Outcome> {
  const { repeated } = trial;
  const [only, ...others] = [...each.sizes];
  const isRepeated =
    only?.[0].kind === "batch" &&
    others.length === 0 &&
    only[1] === repeated?.rows;

  return repeated && isRepeated
    ? tryRepeated(trial, each.sizes, repeated)
    : trySizes(trial, each);
}

/** A longer one than what was refused says nothing new, unless it is promised. */
function isBeyondEnd(
  ends: readonly RefusedLength[],
  { sizes, kind }: Try,
): boolean {
  return (
    kind !== "promised" &&
    sizes.size === 1 &&
    ends.some(({ axis, length }) => (sizes.get(axis) ?? 0) > length)
  );
}

function note(result: TriedSizes, { sizes, kind }: Try, outcome: Outcome) {
  const { details, ran, ends } = result;
  const what = sizesText(sizes);

  if (outcome.is === "right") {
    details.tried.push(what);
    for (const [axis, size] of sizes)
      ran.set(axis, Math.max(size, ran.get(axis) ?? 0));
    return;
  }

  const [only, ...others] = [...sizes];
  const refused =
    only && others.length === 0 && outcome.is === "refused"
      ? { axis: only[0], length: only[1], why: outcome.problem }
      : null;

  if (kind === "edge" && outcome.is === "refused") details.refused.push(what);
  else if (refused && isFar(sizes, kind)) ends.push(refused);
  else {
    const message = `the graph leaves ${axisNames(sizes)} open, but with ${what} ${outcome.problem}`;
    const isWrong =
      kind !== "edge" && !(outcome.is === "refused" && isFar(sizes, kind));

    result.problem = { isWrong, message };
    result.broken = kind === "promised" ? refused : null;
  }
}

/**
 * More than right after what the references have; or any length of a sequence where they have several already, as a
 * table of positions ends somewhere for the source too. A batch and the sides of a picture know no such limit, and what
 * is promised is to run.
 */
function isFar(sizes: Sizes, kind: TryKind): boolean {
  const axes = [...sizes.keys()];
  if (kind === "promised" || axes.some((axis) => axis.kind === "batch"))
    return false;

  return (
    kind === "further" ||
    axes.every(
      ({ kind: of, sizes: seen }) =>
        of === "length" && new Set(seen).size >= ENOUGH_SIZES,
    )
  );
}
