import { LIMITS } from "./limits.ts";
import { dtypeName, type OnnxTensorInfo, type OnnxValue } from "./model.ts";
import { type Field, malformed, type WireReader } from "./wire.ts";

/** `ValueInfoProto`: name, and dtype and shape where it is a tensor. */
export function readValue(reader: WireReader, message: Field): OnnxValue {
  const value: OnnxValue = { name: "", dtype: "", shape: null };
  for (const field of within(reader, message)) {
    if (field.number === 1) value.name = reader.text(field);
    if (field.number !== 2) continue;
    for (const type of within(reader, field)) if (type.number === 1) readTensorType(reader, type, value);
  }
  return value;
}

function readTensorType(reader: WireReader, message: Field, value: OnnxValue): void {
  for (const field of within(reader, message)) {
    if (field.number === 1) value.dtype = dtypeName(field.value);
    if (field.number !== 2) continue;
    value.shape = [];
    for (const dim of within(reader, field)) if (dim.number === 1) value.shape.push(readDimension(reader, dim));
    if (value.shape.length > LIMITS.rank) throw malformed(`a shape of ${value.shape.length} axes`);
  }
}

function readDimension(reader: WireReader, message: Field): number | string {
  let size: number | string = "";
  for (const field of within(reader, message)) {
    if (field.number === 1) size = field.value;
    if (field.number === 2) size = reader.text(field);
  }
  return size;
}

/** `TensorProto` without its data. */
export function readTensorInfo(reader: WireReader, message: Field): OnnxTensorInfo {
  const tensor: OnnxTensorInfo = { name: "", dtype: "undefined", dims: [], integers: null, external: null };
  const data: Field[] = [];
  const entries: Record<string, string> = {};
  let outside = false;
  for (const field of within(reader, message)) {
    if (field.number === 1) tensor.dims.push(...reader.integers(field, LIMITS.rank));
    if (field.number === 2) tensor.dtype = dtypeName(field.value);
    if ([5, 7, 9].includes(field.number)) data.push(field);
    if (field.number === 8) tensor.name = reader.text(field);
    if (field.number === 13) Object.assign(entries, readPair(reader, field));
    if (field.number === 14) outside = field.value === 1;
    if (tensor.dims.length > LIMITS.rank) throw malformed(`a tensor of ${tensor.dims.length} axes`);
  }
  if (outside || entries.location !== undefined)
    tensor.external = {
      location: entries.location ?? "",
      offset: Number(entries.offset ?? 0),
      length: entries.length === undefined ? null : Number(entries.length),
    };
  else tensor.integers = readIntegers(reader, tensor, data);
  return tensor;
}

/** Values of a short int32 or int64 tensor; they stand in `raw_data`, or in the field of their type. */
function readIntegers(reader: WireReader, { dtype, dims }: OnnxTensorInfo, data: readonly Field[]): number[] | null {
  const size = dtype === "int64" ? 8 : dtype === "int32" ? 4 : 0;
  const count = dims.reduce((product, length) => product * length, 1);
  if (size === 0 || count < 1 || count > LIMITS.integers) return null;
  const raw = data.find(({ number }) => number === 9);
  const listed = data.filter(({ number }) => number === (size === 8 ? 7 : 5));
  if (!raw)
    return exactly(
      count,
      listed.filter(short).flatMap((field) => reader.integers(field, LIMITS.integers)),
    );
  if (raw.end - raw.start !== count * size) return null;
  const bytes = reader.bytes(raw);
  const read = (_: unknown, at: number) =>
    size === 8 ? Number(bytes.readBigInt64LE(at * size)) : bytes.readInt32LE(at * size);
  return Array.from({ length: count }, read);
}

/** A list that says to be longer than its shape is no constant of ours, and not worth an error. */
function short({ wire, start, end }: Field): boolean {
  return wire === 0 || end - start <= LIMITS.integers;
}

function exactly(count: number, values: number[]): number[] | null {
  return values.length === count ? values : null;
}

/** `StringStringEntryProto` as an object of one key. */
export function readPair(reader: WireReader, message: Field): Record<string, string> {
  let key = "";
  let value = "";
  for (const field of within(reader, message)) {
    if (field.number === 1) key = reader.text(field);
    if (field.number === 2) value = reader.text(field);
  }
  return Object.fromEntries([[key, value]]);
}

/** Fields of a message that is a field itself. */
export function within(reader: WireReader, { wire, start, end }: Field): Generator<Field> {
  if (wire !== 2) throw malformed(`a message was expected at byte ${start}`);
  return reader.fields(start, end);
}
