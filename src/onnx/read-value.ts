import { LIMITS } from "./limits.ts";
import { dtypeName, type OnnxTensorInfo, type OnnxValue } from "./model.ts";
import { type Field, malformed, type WireReader } from "./wire.ts";

/** `ValueInfoProto`: name, and dtype and shape where it is a tensor. */
export function readValue(reader: WireReader, message: Field): OnnxValue {
  const value: OnnxValue = { name: "", dtype: "", shape: null };
  for (const field of within(reader, message)) {
    if (field.number === 1) value.name = reader.text(field);
    if (field.number !== 2) continue;
    for (const type of within(reader, field))
      if (type.number === 1) readTensorType(reader, type, value);
  }

  return value;
}

function readTensorType(
  reader: WireReader,
  message: Field,
  value: OnnxValue,
): void {
  for (const field of within(reader, message)) {
    if (field.number === 1) value.dtype = dtypeName(field.value);
    if (field.number !== 2) continue;

    value.shape = [];
    for (const dim of within(reader, field))
      if (dim.number === 1) value.shape.push(readDimension(reader, dim));
    if (value.shape.length > LIMITS.rank)
      throw malformed(`a shape of ${value.shape.length} axes`);
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
export function readTensorInfo(
  reader: WireReader,
  message: Field,
): OnnxTensorInfo {
  const tensor: OnnxTensorInfo = {
    name: "",
    dtype: "undefined",
    dims: [],
    external: null,
  };

  const entries: Record<string, string> = {};
  let outside = false;

  readFields(reader, message, {
    1: (field) => {
      tensor.dims.push(...reader.integers(field, LIMITS.rank));
      if (tensor.dims.length > LIMITS.rank)
        throw malformed(`a tensor of ${tensor.dims.length} axes`);
    },
    2: ({ value }) => {
      tensor.dtype = dtypeName(value);
    },
    8: (field) => {
      tensor.name = reader.text(field);
    },
    13: (field) => Object.assign(entries, readPair(reader, field)),
    14: ({ value }) => {
      outside = value === 1;
    },
  });

  if (outside || entries.location !== undefined)
    tensor.external = {
      location: entries.location ?? "",
      offset: Number(entries.offset ?? 0),
      length: entries.length === undefined ? null : Number(entries.length),
    };

  return tensor;
}

/** `StringStringEntryProto` as an object of one key. */
export function readPair(
  reader: WireReader,
  message: Field,
): Record<string, string> {
  let key = "";
  let value = "";

  for (const field of within(reader, message)) {
    if (field.number === 1) key = reader.text(field);
    if (field.number === 2) value = reader.text(field);
  }

  return Object.fromEntries([[key, value]]);
}

/** Calls what is given for a field's number, for each field of a message that is a field itself; others are skipped. */
export function readFields(
  reader: WireReader,
  message: Field,
  byNumber: Readonly<Record<number, (field: Field) => void>>,
): void {
  for (const field of within(reader, message)) byNumber[field.number]?.(field);
}

/** Fields of a message that is a field itself. */
export function within(
  reader: WireReader,
  { wire, start, end }: Field,
): Generator<Field> {
  if (wire !== 2) throw malformed(`a message was expected at byte ${start}`);
  return reader.fields(start, end);
}
