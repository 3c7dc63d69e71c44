import {
  FLOAT32,
  message,
  number,
  tensorValue,
  text,
} from "../../onnx/encode.ts";
import { withOnnx } from "../../onnx/open-onnx.ts";
import { readTensorInfo } from "../../onnx/read-value.ts";
import type { Field, WireReader } from "../../onnx/wire.ts";
import type { FunctionPlace } from "./function-places.ts";

/** Fields of `ModelProto` that say how operators are to be read: versions and local functions. */
const [IR, GRAPH, OPSET, FUNCTION] = [1, 7, 8, 25];
/** Of `GraphProto`. */
const [NODE, INITIALIZER, INPUT, OUTPUT] = [1, 5, 11, 12];

/** What a function of the small model is fed with; two may take the same tensor of the graph. */
export function givenName({ output }: Pick<FunctionPlace, "output">): string {
  return `${output}.given`;
}

/** A model of these functions alone, each with an input and an output of its own; all bytes are the graph's. Throws `MalformedOnnx`. */
export async function functionsModel(
  model: string,
  places: readonly FunctionPlace[],
): Promise<Buffer> {
  return withOnnx(model, (reader, whole) => {
    const head: Buffer[] = [];
    const body: Buffer[] = [];
    const counted = { nodes: 0 };

    for (const field of reader.fields(whole.start, whole.end)) {
      if (field.number === IR) head.push(number(IR, field.value));
      if (field.number === OPSET || field.number === FUNCTION)
        head.push(message(field.number, reader.bytes(field)));
      if (field.number === GRAPH)
        body.push(...partsOf(reader, field, places, counted));
    }

    const ends = places.flatMap((place) => [
      message(INPUT, tensorValue(givenName(place), FLOAT32)),
      message(OUTPUT, text(1, place.output)),
    ]);

    return Buffer.concat([
      ...head,
      message(GRAPH, ...body, text(2, "functions"), ...ends),
    ]);
  });
}

/** Nodes and constants that are asked for, in the file's order. `counted`: a graph may come in several messages. */
function partsOf(
  reader: WireReader,
  graph: Field,
  places: readonly FunctionPlace[],
  counted: { nodes: number },
): Buffer[] {
  const functions = new Map(places.map((place) => [place.node, place]));
  const constants = new Set(places.flatMap((place) => place.constants));
  const stored = new Set(places.flatMap((place) => place.stored));
  const parts: Buffer[] = [];

  for (const field of reader.fields(graph.start, graph.end)) {
    if (field.number === INITIALIZER) {
      const { name } = readTensorInfo(reader, field);
      if (stored.has(name))
        parts.push(message(INITIALIZER, reader.bytes(field)));
    }
    if (field.number !== NODE) continue;

    const place = functions.get(counted.nodes);
    if (place) parts.push(message(NODE, ...renamed(reader, field, place)));
    if (constants.has(counted.nodes))
      parts.push(message(NODE, reader.bytes(field)));
    counted.nodes += 1;
  }

  return parts;
}

/** A `NodeProto`, whose fields are all texts or messages, that takes another input. */
function* renamed(
  reader: WireReader,
  node: Field,
  place: FunctionPlace,
): Generator<Buffer> {
  for (const field of reader.fields(node.start, node.end)) {
    const isInput = field.number === 1 && reader.text(field) === place.input;
    yield isInput
      ? text(1, givenName(place))
      : message(field.number, reader.bytes(field));
  }
}
