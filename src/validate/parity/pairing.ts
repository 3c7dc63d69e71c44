import { assign } from "../detection/assignment.ts";
import type { ReferenceCase, References } from "../evidence/references.ts";
import {
  type Feeds,
  numbersOf,
  sameShape,
  type Tensor,
} from "../evidence/tensor.ts";

/** An output of the ONNX and the output of the source that it is likely to be. */
export interface Pair {
  onnx: string;
  source: string;
}

/** Part of the range within which two outputs are taken for one. */
const CLOSE = 1e-2;
const APART = 1;

/** Which outputs hold which values in one case, whatever their names; only pairs that are close. */
export async function likelyPairs(
  outputs: Feeds,
  referenceCase: ReferenceCase,
  references: References,
): Promise<Pair[]> {
  const ours = [...outputs];
  const theirs: [string, Tensor][] = [];
  for (const [name, entry] of new Map([
    ...referenceCase.fp64,
    ...referenceCase.fp32,
  ]))
    theirs.push([name, await references.read(entry)]);
  const cost = Float64Array.from(
    { length: ours.length * theirs.length },
    (_, index) => {
      const [own, other] = [
        ours[Math.floor(index / theirs.length)]?.[1],
        theirs[index % theirs.length]?.[1],
      ];
      return own && other ? apart(own, other) : APART;
    },
  );

  const pairs = [...assign(cost, ours.length, theirs.length)].map(
    (column, row) => ({
      onnx: ours[row]?.[0] ?? "",
      source: theirs[column]?.[0] ?? "",
      cost: column < 0 ? APART : (cost[row * theirs.length + column] ?? APART),
    }),
  );

  return pairs
    .filter((pair) => pair.cost < CLOSE)
    .map(({ onnx, source }) => ({ onnx, source }));
}

/** Largest difference as part of the range; 1 where the shapes differ or more than that. */
function apart(ours: Tensor, theirs: Tensor): number {
  if (!sameShape(ours.dims, theirs.dims)) return APART;

  const [a, b] = [numbersOf(ours), numbersOf(theirs)];
  let [least, most, largest] = [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
  ];

  for (let flat = 0; flat < b.length; flat++) {
    const value = b[flat] as number;
    least = Math.min(least, value);
    most = Math.max(most, value);
    largest = Math.max(largest, Math.abs(value - (a[flat] as number)));
  }

  const part = largest === 0 ? 0 : largest / (most - least);

  return Math.min(part, APART);
}

/** `a is likely b, c is likely d`; empty where there is nothing to say. */
export function pairText(pairs: readonly Pair[]): string {
  return pairs
    .map(({ onnx, source }) => `${onnx} is likely ${source}`)
    .join(", ");
}
