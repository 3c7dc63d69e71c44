import { createHash, type Hash } from "node:crypto";
import { LIMITS } from "./limits.ts";
import { withOnnx } from "./open-onnx.ts";
import { within } from "./read-value.ts";
import { type Field, malformed, type WireReader } from "./wire.ts";

/** A message of onnx.proto: which of its fields are messages, and which are left out. */
interface Shape {
  messages: Readonly<Record<number, () => Shape>>;
  left: ReadonlySet<number>;
}

/** Numbers of `TensorProto.DataType` that weights have: floating point, and the 8 and 4 bits of quantised ones. */
const WEIGHTS = new Set([1, 2, 3, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23]);
/** Where `TensorProto` keeps its values: in one of these, or in another file. */
const VALUES: ReadonlySet<number> = new Set([4, 5, 6, 7, 9, 10, 11, 13, 14]);
const DATA_TYPE = 2;

const WITHOUT_DOC: Shape = { messages: {}, left: new Set([3]) };
const TENSOR: Shape = { messages: {}, left: new Set([12, 16]) };
const ATTRIBUTE: Shape = {
  messages: {
    5: () => TENSOR,
    6: () => GRAPH,
    10: () => TENSOR,
    11: () => GRAPH,
  },
  left: new Set([13]),
};
const NODE: Shape = {
  messages: { 5: () => ATTRIBUTE },
  left: new Set([6, 9]),
};
const GRAPH: Shape = {
  messages: {
    1: () => NODE,
    5: () => TENSOR,
    11: () => WITHOUT_DOC,
    12: () => WITHOUT_DOC,
  },
  left: new Set([10, 13, 16]),
};
const FUNCTION: Shape = {
  messages: { 7: () => NODE },
  left: new Set([8, 14]),
};
/** Without producer, notes, metadata, and what shape inference noted. */
const MODEL: Shape = {
  messages: { 7: () => GRAPH, 25: () => FUNCTION },
  left: new Set([2, 3, 5, 6, 14]),
};

/**
 * sha256 of a model without the values of its weights, and without what no runtime reads: two files of the same hash
 * compute the same graph. Values of integers (shapes, axes, indices) count as graph. Weights are never read, inside or
 * in a file beside. Throws `UsageError`, `MalformedOnnx` if the bytes are not a model.
 */
export function graphHash(path: string): Promise<string> {
  return withOnnx(path, (reader, whole) => {
    const hash = createHash("sha256");
    addMessage({ reader, hash, depth: 0 }, whole, MODEL);
    return hash.digest("hex");
  });
}

interface Walk {
  reader: WireReader;
  hash: Hash;
  depth: number;
}

function addMessage(walk: Walk, message: Field, shape: Shape): void {
  if (walk.depth > LIMITS.depth)
    throw malformed(`messages nested more than ${LIMITS.depth} deep`);

  const { reader, hash } = walk;
  const fields = [...within(reader, message)];
  const left = shape === TENSOR ? leftOfTensor(fields) : shape.left;
  const inside = { ...walk, depth: walk.depth + 1 };

  hash.update("{");
  for (const field of fields) {
    if (left.has(field.number)) continue;

    hash.update(`${field.number}:${field.wire}:`);
    const child = shape.messages[field.number];
    if (child && field.wire === 2) addMessage(inside, field, child());
    else addValue(walk, field);
  }

  hash.update("}");
}

function leftOfTensor(fields: readonly Field[]): ReadonlySet<number> {
  const type = fields.find(({ number }) => number === DATA_TYPE)?.value ?? 0;
  return WEIGHTS.has(type) ? new Set([...TENSOR.left, ...VALUES]) : TENSOR.left;
}

function addValue({ reader, hash }: Walk, field: Field): void {
  if (field.wire === 0) {
    hash.update(`${field.value};`);
    return;
  }

  hash.update(`${field.end - field.start}:`);
  for (const chunk of reader.chunks(field)) hash.update(chunk);
}
