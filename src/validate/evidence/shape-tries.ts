import {
  type Contract,
  declaredEnds,
  declaredLengths,
  type InputPort,
} from "../contract/contract.ts";
import type { Subject } from "../subject.ts";
import { type FreeAxis, sizesToTry } from "./axes.ts";
import { elementsOf } from "./references.ts";
import { withAxis } from "./resize.ts";
import type { Feeds, Tensor } from "./tensor.ts";

/** Inputs that are larger than this many times the largest reference, or than this many elements, are left out. */
const LARGEST_TIMES = 6;
const LARGEST_ELEMENTS = 2 ** 26;

/** Lengths by axis. */
export type Sizes = ReadonlyMap<FreeAxis, number>;

/**
 * How much is asked of a try. `promised`: declared by the contract, or asked for by policy. `required`: the first beyond
 * the references. `further`: where there is room; too long may be too long for the source as well. `edge`: off the
 * stride, or very short; a source may refuse it, so that a refusal is only said.
 */
export type TryKind = "promised" | "required" | "further" | "edge";

export interface Try {
  sizes: Sizes;
  inputs: Feeds;
  kind: TryKind;
}

/** What is tried beyond the references, axis by axis; `feeds` are the inputs that are made longer or shorter. */
export function plannedTries(
  subject: Promising,
  axes: readonly FreeAxis[],
  feeds: Feeds,
  largest: number,
): Try[] {
  const { contract } = subject;
  const ports = contract?.inputs ?? [];
  const own = axes.flatMap((axis) =>
    ownSizes(axis, strideOf(axis, ports))
      .filter(([size]) => size <= (declaredEnd(axis, contract) ?? size))
      .map(([size, kind]) => ({ sizes: new Map([[axis, size]]), kind })),
  );

  const limit = Math.min(
    LARGEST_ELEMENTS,
    Math.max(LARGEST_TIMES * largest, elementsOf(feeds)),
  );

  return [
    ...own.filter(({ sizes }) => elementsAt(feeds, sizes) <= limit),
    ...promisedSizes(subject, axes)
      .filter((sizes) => elementsAt(feeds, sizes) <= LARGEST_ELEMENTS)
      .map((sizes) => ({ sizes, kind: "promised" as const })),
  ].map((each) => ({ ...each, inputs: resized(feeds, each.sizes) }));
}

/** What is promised and has more values than are tried. */
export function untriedSizes(
  subject: Promising,
  axes: readonly FreeAxis[],
  feeds: Feeds,
): Sizes[] {
  return promisedSizes(subject, axes).filter(
    (sizes) => elementsAt(feeds, sizes) > LARGEST_ELEMENTS,
  );
}

/** Who promises sizes: the contract declares them, the policy asks for them. */
type Promising = Pick<Subject, "contract" | "policy">;

function promisedSizes(
  { contract, policy }: Promising,
  axes: readonly FreeAxis[],
): Sizes[] {
  const declared = axes.flatMap((axis) =>
    declaredSizes(axis, contract?.inputs ?? []).map(
      (size): Sizes => new Map([[axis, size]]),
    ),
  );

  return [...declared, ...policySizes(policy.shapes, axes)];
}

/** Elements of all inputs at these sizes, which may be more than there is memory for. */
function elementsAt(feeds: Feeds, sizes: Sizes): number {
  const shapes = new Map(
    [...feeds].map(([name, { dims }]) => [name, { dims: [...dims] }]),
  );
  for (const [{ places }, size] of sizes)
    for (const { input, axis } of places) {
      const shape = shapes.get(input);
      if (shape) shape.dims[axis] = size;
    }

  return elementsOf(shapes);
}

function ownSizes(axis: FreeAxis, stride: number | null): [number, TryKind][] {
  const { beyond, edges } = sizesToTry(axis, stride);
  return [
    ...beyond.map((size, index): [number, TryKind] => [
      size,
      index === 0 ? "required" : "further",
    ]),
    ...edges.map((size): [number, TryKind] => [size, "edge"]),
  ];
}

function strideOf(
  { places, kind }: FreeAxis,
  ports: readonly InputPort[],
): number | null {
  if (kind !== "height" && kind !== "width") return null;
  const [stride] = places.flatMap(
    ({ input }) => ports.find(({ name }) => name === input)?.stride ?? [],
  );

  return isLength(stride) ? stride : null;
}

/** The largest length that the contract's `max` declares for an axis; null where it declares none. */
export function declaredEnd(
  { places }: FreeAxis,
  contract: Contract | null,
): number | null {
  const ends = places.flatMap(({ input, axis }) => {
    const port = contract?.inputs.find(({ name }) => name === input);
    return port ? (declaredEnds(port).get(axis) ?? []) : [];
  });

  return ends.length > 0 ? Math.min(...ends) : null;
}

/** Declared lengths that no reference has. */
function declaredSizes(
  { places, sizes }: FreeAxis,
  ports: readonly InputPort[],
): number[] {
  const declared = places.flatMap(({ input, axis }) => {
    const port = ports.find(({ name }) => name === input);
    if (!port) return [];

    const lengths = declaredLengths(port).get(axis) ?? [];
    return [...lengths, ...[declaredEnds(port).get(axis) ?? []].flat()];
  });
  return [...new Set(declared)].filter(
    (size) => isLength(size) && !sizes.includes(size),
  );
}

/** The policy's sizes by the axis's own name or by what it is; the longest list says how many tries. */
function policySizes(
  shapes: Record<string, number[]>,
  axes: readonly FreeAxis[],
): Sizes[] {
  const lists = axes.flatMap((axis): [FreeAxis, number[]][] => {
    const sizes = shapes[axis.name] ?? shapes[axis.kind];
    return sizes && sizes.length > 0 ? [[axis, sizes]] : [];
  });

  const count = Math.max(0, ...lists.map(([, sizes]) => sizes.length));

  return Array.from(
    { length: count },
    (_, index) =>
      new Map(
        lists.map(([axis, sizes]) => [axis, sizes[index % sizes.length] ?? 1]),
      ),
  );
}

/** The inputs at these sizes: their values again from the start, or cut off. */
export function resized(feeds: Feeds, sizes: Sizes): Map<string, Tensor> {
  const result = new Map(feeds);
  for (const [{ places }, size] of sizes)
    for (const { input, axis } of places) {
      const tensor = result.get(input);
      if (tensor) result.set(input, withAxis(tensor, axis, size));
    }

  return result;
}

function isLength(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}
