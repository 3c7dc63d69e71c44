/** A tiny protobuf encoder for ONNX models in tests; field numbers are those of onnx.proto. */

export type Attribute =
  | number
  | number[]
  | string
  | { float: number }
  | { floats: number[] }
  | { texts: string[] }
  | TensorInput
  | { graph: GraphInput };

export interface TensorInput {
  dims: number[];
  values: number[] | Float32Array;
  /** TensorProto.DataType; 1 is float32, 7 int64. */
  type?: number;
  external?: { location: string; offset?: number; length?: number };
}

export interface NodeInput {
  op: string;
  inputs: string[];
  outputs: string[];
  domain?: string;
  name?: string;
  doc?: string;
  attributes?: Record<string, Attribute>;
}

export interface ValueInput {
  name: string;
  dims: (number | string)[];
  type?: number;
}

export interface GraphInput {
  nodes: NodeInput[];
  inputs: ValueInput[];
  outputs: ValueInput[];
  weights?: Record<string, TensorInput>;
}

export interface ModelInput extends GraphInput {
  opset?: number;
  ir?: number;
  opsets?: Record<string, number>;
  metadata?: Record<string, string>;
  producer?: string;
  functions?: {
    domain: string;
    name: string;
    inputs: string[];
    outputs: string[];
    nodes: NodeInput[];
  }[];
}

export function onnxModel(model: ModelInput): Buffer {
  const opsets = { "": model.opset ?? 17, ...model.opsets };
  return Buffer.concat([
    number(1, model.ir ?? 8),
    text(2, model.producer ?? "test"),
    field(7, graph(model)),
    ...Object.entries(opsets).map(([domain, version]) =>
      field(8, text(1, domain), number(2, version)),
    ),
    ...Object.entries(model.metadata ?? {}).map(([key, value]) =>
      field(14, text(1, key), text(2, value)),
    ),
    ...(model.functions ?? []).map((each) =>
      field(
        25,
        text(1, each.name),
        ...each.inputs.map((name) => text(4, name)),
        ...each.outputs.map((name) => text(5, name)),
        ...each.nodes.map((one) => field(7, node(one))),
        field(9, text(1, ""), number(2, opsets[""])),
        text(10, each.domain),
      ),
    ),
  ]);
}

function graph({ nodes, inputs, outputs, weights = {} }: GraphInput): Buffer {
  return Buffer.concat([
    ...nodes.map((each) => field(1, node(each))),
    text(2, "graph"),
    ...Object.entries(weights).map(([name, weight]) =>
      field(5, tensor(weight, name)),
    ),
    ...inputs.map((value) => field(11, valueInfo(value))),
    ...outputs.map((value) => field(12, valueInfo(value))),
  ]);
}

function node({
  op,
  inputs,
  outputs,
  domain = "",
  name = "",
  doc = "",
  attributes = {},
}: NodeInput): Buffer {
  return Buffer.concat([
    ...inputs.map((input) => text(1, input)),
    ...outputs.map((output) => text(2, output)),
    ...(name ? [text(3, name)] : []),
    text(4, op),
    ...Object.entries(attributes).map(([key, value]) =>
      field(5, text(1, key), attribute(value)),
    ),
    ...(doc ? [text(6, doc)] : []),
    ...(domain ? [text(7, domain)] : []),
  ]);
}

function attribute(value: Attribute): Buffer {
  if (typeof value === "number")
    return Buffer.concat([number(3, value), number(20, 2)]);
  if (typeof value === "string")
    return Buffer.concat([text(4, value), number(20, 3)]);
  if (Array.isArray(value))
    return Buffer.concat([
      ...value.map((each) => number(8, each)),
      number(20, 7),
    ]);
  if ("float" in value)
    return Buffer.concat([key(2, 5), floats([value.float]), number(20, 1)]);
  if ("floats" in value)
    return Buffer.concat([
      ...value.floats.map((each) => Buffer.concat([key(7, 5), floats([each])])),
      number(20, 6),
    ]);
  if ("texts" in value)
    return Buffer.concat([
      ...value.texts.map((each) => text(9, each)),
      number(20, 8),
    ]);
  if ("graph" in value)
    return Buffer.concat([field(6, graph(value.graph)), number(20, 5)]);
  return Buffer.concat([field(5, tensor(value, "")), number(20, 4)]);
}

function tensor(
  { dims, values, type = 1, external }: TensorInput,
  name: string,
): Buffer {
  const entries = Object.entries(external ?? {}).map(([entry, value]) =>
    field(13, text(1, entry), text(2, String(value))),
  );
  const data = external
    ? [...entries, number(14, 1)]
    : [field(9, rawData(values, type))];
  return Buffer.concat([
    ...dims.map((dim) => number(1, dim)),
    number(2, type),
    text(8, name),
    ...data,
  ]);
}

function rawData(values: ArrayLike<number>, type: number): Buffer {
  const list = Array.from(values);
  if (type === 7)
    return Buffer.from(
      BigInt64Array.from(list, (value) => BigInt(value)).buffer,
    );
  if (type === 6) return Buffer.from(Int32Array.from(list).buffer);
  if (type === 9) return Buffer.from(list);
  if (type === 11) return Buffer.from(Float64Array.from(list).buffer);
  return floats(list);
}

function floats(values: ArrayLike<number>): Buffer {
  return Buffer.from(Float32Array.from(Array.from(values)).buffer);
}

function valueInfo({ name, dims, type = 1 }: ValueInput): Buffer {
  const shape = dims.map((dim) =>
    field(1, typeof dim === "number" ? number(1, dim) : text(2, dim)),
  );
  return Buffer.concat([
    text(1, name),
    field(2, field(1, number(1, type), field(2, ...shape))),
  ]);
}

function field(id: number, ...payload: Buffer[]): Buffer {
  const data = Buffer.concat(payload);
  return Buffer.concat([key(id, 2), varint(BigInt(data.length)), data]);
}

function text(id: number, value: string): Buffer {
  return field(id, Buffer.from(value));
}

function number(id: number, value: number): Buffer {
  return Buffer.concat([key(id, 0), varint(BigInt.asUintN(64, BigInt(value)))]);
}

function key(id: number, wire: number): Buffer {
  return varint(BigInt(id * 8 + wire));
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
