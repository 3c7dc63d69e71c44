import type { Tensor } from "./tensor.ts";

/** The tensor with another length of one axis: its values again from the start, or cut off. */
export function withAxis(tensor: Tensor, axis: number, length: number): Tensor {
  const old = tensor.dims[axis] ?? 1;
  if (old === length || old === 0) return tensor;

  const inner = tensor.dims
    .slice(axis + 1)
    .reduce((size, dim) => size * dim, 1);

  const outer = tensor.dims.slice(0, axis).reduce((size, dim) => size * dim, 1);
  const dims = tensor.dims.with(axis, length);
  const Data = tensor.data.constructor as new (
    size: number,
  ) => typeof tensor.data;

  const data = new Data(outer * length * inner);

  for (let row = 0; row < outer; row++)
    for (let at = 0; at < length; at += old) {
      const from = row * old * inner;
      const count = Math.min(old, length - at) * inner;
      // Both sides have one element type; TypeScript knows only that each is one of many.
      data.set(
        tensor.data.subarray(from, from + count) as never,
        (row * length + at) * inner,
      );
    }

  return { dtype: tensor.dtype, dims, data };
}

/** Tensors of one dtype and shape beside each other, along their first axis. */
export function stacked(tensors: readonly [Tensor, ...Tensor[]]): Tensor {
  const [{ dtype, dims, data }] = tensors;
  const Data = data.constructor as new (size: number) => typeof data;
  const joined = new Data(data.length * tensors.length);

  // Both sides have one element type; TypeScript knows only that each is one of many.
  for (const [index, tensor] of tensors.entries())
    joined.set(tensor.data as never, index * data.length);

  return {
    dtype,
    dims: [(dims[0] ?? 1) * tensors.length, ...dims.slice(1)],
    data: joined,
  };
}
