import type { OnnxModel } from "../../onnx/model.ts";
import type { ReferenceCase } from "./references.ts";

/** Axes of inputs that have one length together, though the graph leaves it open. */
export interface FreeAxis {
  /** The graph's name for it, else `x[0]`. */
  name: string;
  places: { input: string; axis: number; rank: number }[];
  /** Lengths in the references, a case each. */
  sizes: number[];
  kind: "batch" | "height" | "width" | "length";
}

const BATCH_NAME = /batch|^(b|n|bs|bsz)$/i;

/** Rows of the first axis are independent of each other: it is called a batch, or the input is a batch of pictures. */
export function isBatch(
  name: number | string,
  axis: number,
  rank: number,
): boolean {
  return (
    axis === 0 &&
    typeof name === "string" &&
    (rank === 4 || BATCH_NAME.test(name))
  );
}

/**
 * The inputs' symbolic axes. Those of one name belong together, and those that have the same length in every case:
 * the names alone do not say that two inputs must fit each other.
 */
export function freeAxes(
  graph: OnnxModel,
  cases: readonly ReferenceCase[],
): FreeAxis[] {
  const axes: FreeAxis[] = [];
  for (const { name: input, shape } of graph.inputs)
    for (const [axis, dim] of (shape ?? []).entries()) {
      if (typeof dim === "number") continue;

      const rank = shape?.length ?? 0;
      const sizes = cases.map(
        ({ inputs }) => inputs.get(input)?.dims[axis] ?? 0,
      );

      const kind = kindOf(dim, axis, rank);
      const known = axes.find(
        (other) =>
          (dim !== "" && other.name === dim) ||
          (!isOtherSide(other, input, kind) && isCoupled(other, sizes, kind)),
      );

      if (known) known.places.push({ input, axis, rank });
      else
        axes.push({
          name: dim || `${input}[${axis}]`,
          places: [{ input, axis, rank }],
          sizes,
          kind,
        });
    }

  return axes;
}

/** A picture's height and width are apart, even where all references are square. */
function isOtherSide(
  { places, kind: known }: FreeAxis,
  input: string,
  kind: FreeAxis["kind"],
): boolean {
  const sides =
    [known, kind].includes("height") && [known, kind].includes("width");
  return sides && places.some((place) => place.input === input);
}

function isCoupled(
  other: FreeAxis,
  sizes: readonly number[],
  kind: FreeAxis["kind"],
): boolean {
  const several = new Set(sizes).size > 1 || kind === other.kind;
  return several && other.sizes.every((size, index) => size === sizes[index]);
}

function kindOf(name: string, axis: number, rank: number): FreeAxis["kind"] {
  if (isBatch(name, axis, rank)) return "batch";
  if (rank === 4 && axis === 2) return "height";
  return rank === 4 && axis === 3 ? "width" : "length";
}

/**
 * Lengths to try: beyond the references, the required one first, and at the edge, where a source may refuse as well: off
 * the stride, and very short. `stride` is what height and width are declared to be multiples of; then nothing else is tried.
 */
export function sizesToTry(
  axis: FreeAxis,
  stride: number | null,
): { beyond: number[]; edges: number[] } {
  const { kind, sizes } = axis;
  const largest = Math.max(...sizes);
  const fresh = (list: number[]) =>
    [...new Set(list)].filter((size) => !sizes.includes(size));
  if (kind === "batch")
    return {
      beyond: fresh([requiredBatch(axis), 2 * largest + 1, 1]),
      edges: [],
    };

  // Multiples of what all references share are sure to be fine for the source.
  const shared = sharedStep({ sizes });
  if (kind === "length")
    return {
      beyond: [largest + shared, 2 * largest + shared],
      edges: fresh([1]),
    };

  const step = stride ?? shared;
  const next = Math.ceil((largest + 1) / step) * step;
  const off = stride === null && shared > 1 ? [next + 1] : [];

  return {
    beyond: fresh([next, Math.ceil((2 * largest + 1) / step) * step]),
    edges: fresh(off),
  };
}

/**
 * The batch to try first: one more than the references' largest. A smaller one that no reference has would cost less, but
 * not show a graph that cuts its batch at what it was traced with.
 */
export function requiredBatch({ sizes }: Pick<FreeAxis, "sizes">): number {
  return Math.max(...sizes) + 1;
}

/** What all lengths of the references are multiples of. */
export function sharedStep({ sizes }: Pick<FreeAxis, "sizes">): number {
  return Math.max(1, sizes.reduce(greatestDivisor, 0));
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
