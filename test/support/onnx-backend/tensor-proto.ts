/** Reads ONNX's own test data: one TensorProto in a file. */
import { readFileSync } from "node:fs";

/** A tensor as a safetensors file holds it. */
export interface StoredTensor {
  dtype: string;
  shape: number[];
  bytes: Buffer;
}

/** By `TensorProto.DataType`: name in a safetensors file, and bytes of one element. */
const TYPES: Record<number, [string, number]> = {
  1: ["F32", 4],
  2: ["U8", 1],
  3: ["I8", 1],
  4: ["U16", 2],
  5: ["I16", 2],
  6: ["I32", 4],
  7: ["I64", 8],
  9: ["BOOL", 1],
  10: ["F16", 2],
  11: ["F64", 8],
  12: ["U32", 4],
  13: ["U64", 8],
};
const OTHERS: Record<number, string> = {
  8: "text",
  14: "complex numbers",
  15: "complex numbers",
  16: "bfloat16",
};

/** The tensor, or why it is none that references can hold. */
export function readTensorProto(path: string): StoredTensor | string {
  const bytes = readFileSync(path);
  const shape: number[] = [];
  const listed: bigint[] = [];
  let type = 0;
  let raw: Buffer | null = null;
  const packed: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = varint(bytes, at);
    const [field, wire] = [Number(tag.value >> 3n), Number(tag.value & 7n)];
    const fixed = wire === 5 ? 4 : wire === 1 ? 8 : 0;
    const head =
      fixed > 0
        ? { value: BigInt(fixed), next: tag.next }
        : varint(bytes, tag.next);
    const end = wire === 0 ? head.next : head.next + Number(head.value);
    const body = bytes.subarray(head.next, end);
    const values = () => (wire === 0 ? [head.value] : varints(body));
    if (field === 1) shape.push(...values().map(Number));
    if (field === 2) type = Number(head.value);
    if (field === 4 || field === 10) packed.push(body);
    if (field === 5 || field === 7 || field === 11) listed.push(...values());
    if (field === 9) raw = body;
    at = end;
  }
  const known = TYPES[type];
  if (!known)
    return (
      OTHERS[type] ??
      `numbers of ${type >= 17 && type <= 20 ? "8 bits" : "4 bits"} or of no known type`
    );
  const [dtype, size] = known;
  return {
    dtype,
    shape,
    bytes:
      raw ??
      (packed.length > 0 ? Buffer.concat(packed) : written(listed, size)),
  };
}

/** Whole numbers, and half floats as their bits, in little endian. */
function written(values: readonly bigint[], size: number): Buffer {
  const bytes = Buffer.alloc(values.length * size);
  for (const [index, value] of values.entries())
    for (let byte = 0; byte < size; byte++)
      bytes[index * size + byte] = Number(
        BigInt.asUintN(64, value >> BigInt(8 * byte)) & 0xffn,
      );
  return bytes;
}

function varints(body: Buffer): bigint[] {
  const values: bigint[] = [];
  for (let at = 0; at < body.length; ) {
    const each = varint(body, at);
    values.push(each.value);
    at = each.next;
  }
  return values;
}

function varint(bytes: Buffer, start: number): { value: bigint; next: number } {
  let [value, at, shift] = [0n, start, 0n];
  for (; at < bytes.length; at++, shift += 7n) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) break;
  }
  return { value, next: at + 1 };
}
