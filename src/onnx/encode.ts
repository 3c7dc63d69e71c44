/** Protobuf bytes of a few ONNX messages, by the field numbers of onnx.proto. */

/** `TensorProto.DataType` of what is written here. */
export const FLOAT32 = 1;
export const INT64 = 7;
export const FLOAT64 = 11;

/** A tensor of whole numbers, or of float64 where `type` says so. `dims` empty: a scalar. */
export interface EncodedTensor {
  type: typeof INT64 | typeof FLOAT64;
  dims: number[];
  values: number[];
}

export type EncodedAttribute =
  | number
  | number[]
  | EncodedTensor
  | { graph: Buffer };

export interface EncodedNode {
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Record<string, EncodedAttribute>;
  name?: string;
}

/** `NodeProto`. */
export function encodeNode(node: EncodedNode): Buffer {
  const { op, inputs, outputs, attributes = {}, name = "" } = node;

  return Buffer.concat([
    ...inputs.map((input) => text(1, input)),
    ...outputs.map((output) => text(2, output)),
    ...(name === "" ? [] : [text(3, name)]),
    text(4, op),
    ...Object.entries(attributes).map(([key, value]) =>
      message(5, text(1, key), attribute(value)),
    ),
  ]);
}

/** `GraphProto` of a body whose inputs and outputs are float64 tensors of any shape. */
export function encodeBody(
  nodes: readonly EncodedNode[],
  inputs: readonly string[],
  outputs: readonly string[],
): Buffer {
  return Buffer.concat([
    ...nodes.map((node) => message(1, encodeNode(node))),
    text(2, "body"),
    ...inputs.map((name) => message(11, tensorValue(name, FLOAT64))),
    ...outputs.map((name) => message(12, tensorValue(name, FLOAT64))),
  ]);
}

/** `ValueInfoProto` of a tensor of any shape. */
export function tensorValue(name: string, type: number): Buffer {
  return Buffer.concat([
    text(1, name),
    message(2, message(1, number(1, type))),
  ]);
}

function attribute(value: EncodedAttribute): Buffer {
  if (typeof value === "number")
    return Buffer.concat([number(3, value), number(20, 2)]);
  if (Array.isArray(value))
    return Buffer.concat([
      ...value.map((each) => number(8, each)),
      number(20, 7),
    ]);
  if ("graph" in value)
    return Buffer.concat([message(6, value.graph), number(20, 5)]);

  return Buffer.concat([message(5, tensor(value)), number(20, 4)]);
}

function tensor({ type, dims, values }: EncodedTensor): Buffer {
  const data =
    type === INT64
      ? BigInt64Array.from(values, BigInt)
      : Float64Array.from(values);

  return Buffer.concat([
    ...dims.map((dim) => number(1, dim)),
    number(2, type),
    message(9, Buffer.from(data.buffer)),
  ]);
}

/** A field with a message, a text or bytes. */
export function message(field: number, ...payload: Buffer[]): Buffer {
  const length = payload.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([messageStart(field, length), ...payload]);
}

/** What stands before a message of this length in bytes. */
export function messageStart(field: number, length: number): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(length)]);
}

export function text(field: number, value: string): Buffer {
  return message(field, Buffer.from(value));
}

/** Not below 0. */
export function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128))
    bytes.push((rest % 128) | 128);

  return Buffer.from([...bytes, rest]);
}
