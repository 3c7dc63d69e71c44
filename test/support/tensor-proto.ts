/** Reads ONNX's own test data: one TensorProto in a file. */
import { readFileSync } from "node:fs";
import type { TensorValue } from "./references-writer.ts";

const TYPES: Record<number, TensorValue["dtype"]> = { 1: "F32", 2: "U8", 6: "I32", 7: "I64", 9: "BOOL", 11: "F64" };

export interface NamedTensor extends TensorValue {
  name: string;
}

/** Null where the dtype is one that references cannot hold, or the file is a sequence. */
export function readTensorProto(path: string): NamedTensor | null {
  const bytes = readFileSync(path);
  const shape: number[] = [];
  let [type, name] = [0, ""];
  let raw: Buffer | null = null;
  const packed: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = varint(bytes, at);
    at = tag.next;
    const [field, wire] = [Math.floor(tag.value / 8), tag.value % 8];
    const head = wire === 5 ? { value: 4, next: at } : varint(bytes, at);
    const body = wire === 0 ? Buffer.alloc(0) : bytes.subarray(head.next, head.next + head.value);
    if (field === 1 && wire === 0) shape.push(head.value);
    if (field === 1 && wire === 2)
      for (let p = 0; p < body.length; ) {
        const each = varint(body, p);
        shape.push(each.value);
        p = each.next;
      }
    if (field === 2) type = head.value;
    if (field === 8) name = body.toString();
    if (field === 9) raw = body;
    if ((field === 4 || field === 10) && wire !== 0) packed.push(body);
    if ((field === 5 || field === 7) && wire !== 1) return null;
    at = wire === 0 ? head.next : head.next + head.value;
  }
  const dtype = TYPES[type];
  if (!dtype) return null;
  const data = raw ?? Buffer.concat(packed);
  return { name, dtype, shape, values: values(dtype, data) };
}

function values(dtype: TensorValue["dtype"], data: Buffer): number[] {
  const buffer = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
  if (dtype === "F32") return Array.from(new Float32Array(buffer));
  if (dtype === "F64") return Array.from(new Float64Array(buffer));
  if (dtype === "I32") return Array.from(new Int32Array(buffer));
  if (dtype === "I64") return Array.from(new BigInt64Array(buffer), Number);
  return Array.from(data);
}

function varint(bytes: Buffer, start: number): { value: number; next: number } {
  let [value, at, scale] = [0, start, 1];
  for (; at < bytes.length; at++, scale *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte & 127) * scale;
    if (byte < 128) break;
  }
  return { value, next: at + 1 };
}
