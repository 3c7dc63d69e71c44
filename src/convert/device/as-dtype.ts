import { numbersOf, type Tensor } from "../../validate/evidence/tensor.ts";
import type { StoredTensor } from "../../validate/evidence/write-safetensors.ts";

const ARRAYS = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/**
 * A tensor in the type that the engine exports its output in on purpose, where the source computes another one; null for
 * a type that is not made here.
 */
export function asDtype(
  tensor: Tensor,
  dtype: string,
): Omit<StoredTensor, "name"> | null {
  const numbers = numbersOf(tensor);
  const shape = tensor.dims;
  if (dtype === "int64")
    return {
      ...{ dtype, shape },
      bytes: bytesOf(BigInt64Array.from(numbers, (value) => BigInt(value))),
    };

  if (!isKnown(dtype)) return null;

  return { dtype, shape, bytes: bytesOf(ARRAYS[dtype].from(numbers)) };
}

function isKnown(dtype: string): dtype is keyof typeof ARRAYS {
  return Object.hasOwn(ARRAYS, dtype);
}

function bytesOf({ buffer }: { buffer: ArrayBufferLike }): Uint8Array {
  return new Uint8Array(buffer);
}
