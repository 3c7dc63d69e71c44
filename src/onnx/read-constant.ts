import { LIMITS } from "./limits.ts";
import type { OnnxTensorInfo } from "./model.ts";
import { within } from "./read-value.ts";
import { type Field, malformed, type WireReader } from "./wire.ts";

/** Bytes of an element, and how it is read; types that no threshold has are left out. */
const RAW: Record<string, [number, (view: DataView, at: number) => number]> = {
  float32: [4, (view, at) => view.getFloat32(at, true)],
  float64: [8, (view, at) => view.getFloat64(at, true)],
  int64: [8, (view, at) => Number(view.getBigInt64(at, true))],
  uint64: [8, (view, at) => Number(view.getBigUint64(at, true))],
  int32: [4, (view, at) => view.getInt32(at, true)],
  uint32: [4, (view, at) => view.getUint32(at, true)],
  int16: [2, (view, at) => view.getInt16(at, true)],
  uint16: [2, (view, at) => view.getUint16(at, true)],
  int8: [1, (view, at) => view.getInt8(at)],
  uint8: [1, (view, at) => view.getUint8(at)],
  bool: [1, (view, at) => view.getUint8(at)],
};
/** Bytes of the longest list: a varint of a number has at most ten. */
const LONGEST = LIMITS.constantElements * 10;
/** Fields of `TensorProto` with values: float, int32, int64, raw, double, uint64. */
const VALUES = [4, 5, 7, 9, 10, 11];

/** The values of a small `TensorProto`; null where it is large, of another type, in a file of its own, or not as its shape says. */
export function readTensorValues(
  reader: WireReader,
  message: Field,
  tensor: OnnxTensorInfo,
): number[] | null {
  const size = tensor.dims.reduce((product, dim) => product * dim, 1);
  if (
    tensor.external ||
    !(tensor.dtype in RAW) ||
    !(size >= 0 && size <= LIMITS.constantElements)
  )
    return null;

  const values: number[] = [];
  for (const field of within(reader, message)) {
    if (!VALUES.includes(field.number)) continue;
    if (field.end - field.start > LONGEST) return null;

    values.push(
      ...(field.number === 9
        ? rawValues(reader, field, tensor.dtype)
        : typedValues(reader, field)),
    );
    if (values.length > size) return null;
  }

  return values.length === size ? values : null;
}

/** `value_float`, `value_int`, `value_floats` or `value_ints` of a `Constant` node; null where there are too many, or none. */
export function readNumbers(
  reader: WireReader,
  attribute: Field,
): number[] | null {
  const values: number[] = [];
  for (const field of within(reader, attribute)) {
    const isFloat = field.number === 2 || field.number === 7;
    if (!isFloat && field.number !== 3 && field.number !== 8) continue;
    if (field.end - field.start > LONGEST) return null;

    values.push(
      ...(isFloat ? floats(reader, field, 4) : reader.integers(field, LONGEST)),
    );
    if (values.length > LIMITS.constantElements) return null;
  }

  return values.length > 0 ? values : null;
}

function typedValues(reader: WireReader, field: Field): number[] {
  if (field.number === 4) return floats(reader, field, 4);
  return field.number === 10
    ? floats(reader, field, 8)
    : reader.integers(field, LONGEST);
}

function rawValues(reader: WireReader, field: Field, dtype: string): number[] {
  const [width, read] = RAW[dtype] ?? [1, () => 0];
  const view = viewOf(reader.bytes(field));

  return Array.from(
    { length: Math.floor(view.byteLength / width) },
    (_, index) => read(view, index * width),
  );
}

/** One number of its own, or many packed. */
function floats(reader: WireReader, field: Field, width: 4 | 8): number[] {
  if (field.wire === 0)
    throw malformed(`floats were expected at byte ${field.start}`);
  const view = viewOf(reader.bytes({ ...field, wire: 2 }));

  return Array.from(
    { length: Math.floor(view.byteLength / width) },
    (_, index) =>
      width === 4
        ? view.getFloat32(index * 4, true)
        : view.getFloat64(index * 8, true),
  );
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
