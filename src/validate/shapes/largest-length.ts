import type { OnnxModel } from "../../onnx/model.ts";
import type { FreeAxis } from "../evidence/axes.ts";
import { elementsOf } from "../evidence/references.ts";
import { resized } from "../evidence/shape-tries.ts";
import type { Feeds } from "../evidence/tensor.ts";
import { mayProbe } from "../runtime/probes.ts";
import { type Outcome, type Trial, trySizes } from "./try-sizes.ts";

/** An open axis that ends: the largest length that runs, and a longer one that does not. */
export interface LengthEnd {
  axis: FreeAxis;
  largest: number;
  fails: number;
  /** In ONNX Runtime's words. */
  why: string;
}

/** What is known of an axis before it is searched. */
export interface KnownLengths {
  axis: FreeAxis;
  /** Lengths are multiples of it. */
  step: number;
  /** The largest length that ran. */
  runs: number;
  /** One that did not, with ONNX Runtime's words. */
  refused: { length: number; why: string } | null;
}

/** The end of an axis, that there is none as far as was looked, or what is wrong at a length that does run. */
export type EndSearch = LengthEnd | { problem: string; length: number } | null;

/** Longer ones are not tried: what attention needs grows with the square, and memory is limited by the file's size. */
const LONGEST = 2048;
/** Part of what may be fed beyond the references that one probe may feed. */
const DEAR = 1 / 3;
const MOST_PROBES = 8;
const MOST_STEPS = 12;

/**
 * Where an open length ends, as a table of positions does: lengths just beyond the tables of the graph, and doubled ones,
 * until one is refused; then by bisection. Both are bounded by what they cost; `feeds` are made longer.
 */
export async function findEnd(
  trial: Trial,
  known: KnownLengths,
  feeds: Feeds,
): Promise<EndSearch> {
  const attempt = (length: number) => tryLength(trial, known, feeds, length);
  const tables = tableLengths(trial.graph, known);
  let { runs, refused } = known;

  for (const length of refused ? [] : probes(known, tables)) {
    const outcome = await attempt(length);
    if (!outcome) break;
    if (outcome.is === "wrong") return { problem: outcome.problem, length };

    if (outcome.is === "right") runs = length;
    else refused = { length, why: outcome.problem };
    if (refused) break;
  }

  if (!refused) return null;
  const end = await bisect(attempt, { ...known, runs, refused }, tables);

  return end && "largest" in end ? refined(attempt, known, end) : end;
}

/** Where the lengths between two steps run as well, to the last one. */
async function refined(
  attempt: Attempt,
  known: KnownLengths,
  end: LengthEnd,
): Promise<EndSearch> {
  const { largest, fails, why } = end;
  const isOpen = known.step > 1 && fails - largest > 1;
  const outcome = isOpen ? await attempt(largest + 1) : null;
  if (outcome?.is !== "right") return end;

  const refused = { length: fails, why };

  return bisect(attempt, { ...known, step: 1, runs: largest + 1, refused }, []);
}

type Attempt = (length: number) => Promise<Outcome | null>;

async function bisect(
  attempt: Attempt,
  { axis, step, runs: least, refused }: Found,
  tables: readonly number[],
): Promise<EndSearch> {
  let [runs, { length: fails, why }] = [least, refused];

  for (let steps = 0; steps < MOST_STEPS && fails - runs > step; steps++) {
    const length = between(runs, fails, step, tables);
    const outcome = await attempt(length);
    if (!outcome) break;
    if (outcome.is === "wrong") return { problem: outcome.problem, length };

    if (outcome.is === "right") runs = length;
    else [fails, why] = [length, outcome.problem];
  }

  return { axis, largest: runs, fails, why };
}

type Found = KnownLengths & { refused: NonNullable<KnownLengths["refused"]> };

/** Null where it would cost too much. */
async function tryLength(
  trial: Trial,
  { axis }: KnownLengths,
  feeds: Feeds,
  length: number,
): Promise<Outcome | null> {
  const { budget, lostProbes } = trial.runtime;
  const sizes = new Map([[axis, length]]);
  const inputs = resized(feeds, sizes);
  const elements = elementsOf(inputs);
  const isDear = elements > DEAR * budget.elements;

  return isDear || !budget.hasRoom() || !mayProbe(lostProbes, elements)
    ? null
    : trySizes({ ...trial, isProbe: true }, { sizes, inputs });
}

/** Lengths of weights in the graph that may be tables of positions: longer than what ran. */
function tableLengths(
  { initializers }: OnnxModel,
  { runs }: KnownLengths,
): number[] {
  const lengths = new Set(initializers.flatMap(({ dims }) => dims));
  return [...lengths]
    .filter((length) => length >= runs && length < LONGEST)
    .toSorted((a, b) => a - b);
}

/** The shortest first, as they are the cheapest. */
function probes(
  { runs, step }: KnownLengths,
  tables: readonly number[],
): number[] {
  const doubled: number[] = [];
  for (let length = 2 * runs; length <= LONGEST; length *= 2)
    doubled.push(Math.ceil(length / step) * step);

  const beyond = tables.map((length) => (Math.floor(length / step) + 1) * step);

  return [...new Set([...beyond, ...doubled])]
    .filter((length) => length > runs)
    .toSorted((a, b) => a - b)
    .slice(0, MOST_PROBES);
}

/** The longest table between the two, else their middle; a multiple of the step. */
function between(
  runs: number,
  fails: number,
  step: number,
  tables: readonly number[],
): number {
  const table = tables
    .map((length) => Math.floor(length / step) * step)
    .findLast((length) => length > runs && length < fails);

  const middle = runs + step * Math.floor((fails - runs) / step / 2);

  return table ?? middle;
}
