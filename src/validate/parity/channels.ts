import type { Dtype } from "../evidence/tensor.ts";

/** A tensor as outer × channels × inner, row-major. */
export interface ChannelLayout {
  outer: number;
  channels: number;
  inner: number;
}

/**
 * The axis whose entries are judged apart: none below rank 2, the last at rank 2 and 3, axis 1 above.
 * An axis whose length differs between cases has no fixed meaning by index, so all of it is one channel.
 */
export function channelAxis(
  shapes: readonly (readonly number[])[],
  chosen: number | null,
): number | null {
  const rank = shapes[0]?.length ?? 0;
  const axis = chosen ?? (rank <= 1 ? null : rank <= 3 ? rank - 1 : 1);
  if (axis === null || axis < 0 || axis >= rank) return null;

  return new Set(shapes.map((shape) => shape[axis])).size === 1 ? axis : null;
}

/**
 * A second axis that may be that of channels, which nothing says: of a head as [batch, 4 + classes, places], or of a map
 * with its channels last. It is the shorter of axis 1 and the last one. Null where that is the chosen one.
 */
export function otherAxis(
  shapes: readonly (readonly number[])[],
  axis: number | null,
): number | null {
  const [shape = []] = shapes;
  const last = shape.length - 1;
  if (last < 2 || (axis !== 1 && axis !== last)) return null;
  const other = axis === 1 ? last : 1;
  const isShorter = (shape[other] ?? 0) < (shape[axis] ?? 0);

  return isShorter ? channelAxis(shapes, other) : null;
}

export function layoutOf(
  dims: readonly number[],
  axis: number | null,
): ChannelLayout {
  const product = (part: readonly number[]) =>
    part.reduce((size, dim) => size * dim, 1);
  if (axis === null) return { outer: 1, channels: 1, inner: product(dims) };

  return {
    outer: product(dims.slice(0, axis)),
    channels: dims[axis] ?? 1,
    inner: product(dims.slice(axis + 1)),
  };
}

const MANTISSA: Partial<Record<Dtype, [bits: number, smallest: number]>> = {
  float16: [10, 2 ** -24],
  bfloat16: [7, 2 ** -133],
};

/** Distance to the next number of the output's dtype; a float64 output of an fp32 graph is judged as float32. */
export function ulp(value: number, dtype: Dtype): number {
  const [bits, smallest] = MANTISSA[dtype] ?? [23, 2 ** -149];
  if (value === 0) return smallest;

  return Math.max(
    smallest,
    2 ** (Math.floor(Math.log2(Math.abs(value))) - bits),
  );
}
