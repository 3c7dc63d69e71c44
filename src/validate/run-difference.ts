import type { Tolerance } from "../config/policy.ts";
import type { BoxNoise } from "./agreement/box-values.ts";
import { cornerDistance, readBoxes, scaleOf } from "./detection/boxes.ts";
import { matchBoxes } from "./detection/match-boxes.ts";
import type { References } from "./evidence/references.ts";
import type { TensorEntry } from "./evidence/safetensors.ts";
import {
  isFloat,
  numbersOf,
  sameKind,
  sameShape,
  shapeText,
  type Tensor,
  unravel,
} from "./evidence/tensor.ts";
import { exact } from "./output-report.ts";
import { FACTOR } from "./parity/float-rule.ts";

/** Part of an output's scale by which two runs of the same model may differ: other kernels for other batches. */
const RELATIVE = 1e-5;
/** Part of the integers, or of the boxes, that may turn over. */
const FLIPS = 1e-3;
const LOST_BOXES = 0.05;
/** A box of two runs may differ by this score, and by this part of the largest coordinate. */
const SAME_BOX = 1e-4;
const NO_NOISE: BoxNoise = { score: 0, corner: 0 };

/** What the source says of an output in a case: its own noise, and its largest value. 0 where the references do not say. */
export interface SourceScale {
  /** Largest |fp32 − fp64|. */
  noise: number;
  /** Largest finite |value|: a row alone may be small beside the others. */
  largest: number;
}

/** How two runs of one model differ by more than rounding; null where they do not. `tolerance`: what a policy allows. */
export function difference(
  first: Tensor,
  other: Tensor,
  { noise, largest }: SourceScale,
  tolerance: Tolerance,
): string | null {
  if (!sameShape(first.dims, other.dims))
    return `the shape is ${shapeText(first.dims)} or ${shapeText(other.dims)}`;
  const [a, b] = [numbersOf(first), numbersOf(other)];

  return isFloat(first.dtype)
    ? floatDifference(a, b, first.dims, (scale) =>
        Math.max(8 * noise, allowed(Math.max(scale, largest), tolerance)),
      )
    : integerDifference(a, b);
}

type Numbers = ReturnType<typeof numbersOf>;

function allowed(
  scale: number,
  { absolute, range_relative: relative, sqnr_db: sqnr }: Tolerance,
): number {
  const ratio = sqnr === null ? 0 : 10 ** (-sqnr / 20);
  return Math.max(
    absolute ?? 0,
    scale * Math.max(RELATIVE, relative ?? 0, ratio),
  );
}

function floatDifference(
  a: Numbers,
  b: Numbers,
  dims: readonly number[],
  toleranceOf: (scale: number) => number,
): string | null {
  const tolerance = toleranceOf(largestIn(a));
  for (let flat = 0; flat < a.length; flat++) {
    const [x, y] = [a[flat] as number, b[flat] as number];
    if (Math.abs(x - y) <= tolerance || (!Number.isFinite(x) && sameKind(x, y)))
      continue;
    return `element [${unravel(flat, dims).join(",")}] is ${exact(x)} or ${exact(y)}`;
  }

  return null;
}

/** The largest finite |value|; 0 where there is none. */
export function largestOf(tensor: Tensor): number {
  return largestIn(numbersOf(tensor));
}

function largestIn(values: Numbers): number {
  let largest = 0;
  for (const value of values)
    if (Math.abs(value) < Number.POSITIVE_INFINITY)
      largest = Math.max(largest, Math.abs(value));

  return largest;
}

function integerDifference(a: Numbers, b: Numbers): string | null {
  let flips = 0;
  for (let flat = 0; flat < a.length; flat++)
    flips += Number(a[flat] !== b[flat]);

  return flips > Math.floor(FLIPS * a.length)
    ? `${flips} of ${a.length} values differ`
    : null;
}

/**
 * Boxes as sets: which are kept may turn over near a threshold; those that are in both have one score and the same
 * corners, up to rounding and the source's own noise.
 */
export function boxDifference(
  first: Tensor,
  other: Tensor,
  labels: [Tensor, Tensor] | null,
  noise: BoxNoise = NO_NOISE,
): string | null {
  const [a, b] = [
    readBoxes(first, labels?.[0] ?? null),
    readBoxes(other, labels?.[1] ?? null),
  ];
  if (a.images.length !== b.images.length)
    return `${a.images.length} or ${b.images.length} images`;

  let lost = 0;
  let boxes = 0;

  for (const [image, left] of a.images.entries()) {
    const match = matchBoxes(left, b.images[image] ?? [], 0);
    const allowed = {
      score: Math.max(SAME_BOX, FACTOR * noise.score),
      corner: Math.max(SAME_BOX * scaleOf(left), FACTOR * noise.corner),
    };
    const moved = match.pairs.filter(
      (pair) =>
        Math.abs(pair.left.score - pair.right.score) > allowed.score ||
        cornerDistance(pair.left, pair.right) > allowed.corner,
    );

    lost += match.onlyLeft.length + match.onlyRight.length + moved.length;
    boxes += left.length;
  }

  return lost > Math.max(1, LOST_BOXES * boxes)
    ? `${lost} of ${boxes} boxes differ`
    : null;
}

export async function sourceScale(
  references: References,
  fp32?: TensorEntry,
  fp64?: TensorEntry,
): Promise<SourceScale> {
  if (
    !fp32 ||
    !fp64 ||
    !isFloat(fp32.dtype) ||
    !sameShape(fp32.dims, fp64.dims)
  )
    return { noise: 0, largest: 0 };

  const [a, b] = [
    numbersOf(await references.read(fp32)),
    numbersOf(await references.read(fp64)),
  ];

  let [noise, largest] = [0, 0];

  for (let flat = 0; flat < a.length; flat++) {
    const [single, exact] = [a[flat] as number, Math.abs(b[flat] as number)];
    const apart = Math.abs(single - (b[flat] as number));
    if (apart < Number.POSITIVE_INFINITY && apart > noise) noise = apart;
    if (exact < Number.POSITIVE_INFINITY && exact > largest) largest = exact;
  }

  return { noise, largest };
}

/** Equal to the last bit. */
export function bitEqual(first: Tensor, other: Tensor): boolean {
  const bytes = ({ data }: Tensor) =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return (
    first.dtype === other.dtype &&
    sameShape(first.dims, other.dims) &&
    bytes(first).equals(bytes(other))
  );
}

/** Rows `from` to `to` of the first axis, without copying. */
export function rowsOf(tensor: Tensor, from: number, to: number): Tensor {
  const size = tensor.data.length / Math.max(1, tensor.dims[0] ?? 1);
  return {
    ...tensor,
    dims: [to - from, ...tensor.dims.slice(1)],
    data: tensor.data.subarray(from * size, to * size),
  };
}
