import { writeFile } from "node:fs/promises";
import type { Dtype } from "./tensor.ts";

/** One tensor as the file holds it: `shape` counts elements, `bytes` are little-endian and row-major. */
export interface StoredTensor {
  name: string;
  dtype: Exclude<Dtype, "string">;
  shape: readonly number[];
  bytes: Uint8Array;
}

const CODES: Record<StoredTensor["dtype"], [code: string, bytes: number]> = {
  float64: ["F64", 8],
  int64: ["I64", 8],
  uint64: ["U64", 8],
  float32: ["F32", 4],
  int32: ["I32", 4],
  uint32: ["U32", 4],
  float16: ["F16", 2],
  bfloat16: ["BF16", 2],
  int16: ["I16", 2],
  uint16: ["U16", 2],
  int8: ["I8", 1],
  uint8: ["U8", 1],
  bool: ["BOOL", 1],
};
/** Of the header, so that the first tensor is aligned. */
const ALIGNMENT = 8;

/**
 * Writes a safetensors file. The same tensors give the same bytes: metadata are sorted, and wide types come first, by
 * name, so that each tensor is aligned to its type.
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly StoredTensor[],
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const width = ({ dtype }: StoredTensor) => CODES[dtype][1];
  const ordered = tensors.toSorted(
    (a, b) => width(b) - width(a) || (a.name < b.name ? -1 : 1),
  );

  const header: Record<string, unknown> = {
    __metadata__: Object.fromEntries(Object.entries(metadata).sort()),
  };
  let end = 0;
  for (const { name, dtype, shape, bytes } of ordered) {
    const data_offsets = [end, end + bytes.length];
    header[name] = { dtype: CODES[dtype][0], shape, data_offsets };
    end += bytes.length;
  }

  const text = Buffer.from(JSON.stringify(header));
  const padding = -text.length & (ALIGNMENT - 1);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length + padding));

  await writeFile(
    path,
    Buffer.concat([
      ...[length, text, Buffer.alloc(padding, " ")],
      ...ordered.map(({ bytes }) => bytes),
    ]),
  );
}
