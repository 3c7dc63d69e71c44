import { basename, join } from "node:path";
import { INT64, message, tensorValue, text } from "../../onnx/encode.ts";
import {
  functionFinder,
  type OnnxModel,
  type OnnxNode,
  ownerPath,
} from "../../onnx/model.ts";
import { withOnnx } from "../../onnx/open-onnx.ts";
import { readValue } from "../../onnx/read-value.ts";
import {
  added,
  changed,
  type Part,
  wrapped,
  writeParts,
} from "../../onnx/rewrite.ts";
import type { Field, WireReader } from "../../onnx/wire.ts";
import { linkWeights } from "../intermediate/open-tensors.ts";
import { type Place, placeFinder } from "./places.ts";
import { ARMED, trapNodes } from "./traps.ts";

/** Fields of `ModelProto`, `GraphProto`, `FunctionProto`, `NodeProto` and `AttributeProto`. */
const MODEL = { graph: 7, function: 25 };
const GRAPH = { node: 1, input: 11, output: 12 };
const FUNCTION = { name: 1, input: 4, node: 7, domain: 10 };
const NODE = { input: 1, attribute: 5 };
const ATTRIBUTE = { name: 1, graph: 6, graphs: 11 };

/** A place with a trap, whose number is that of the place. */
export interface TrappedPlace extends Omit<Place, "meets"> {
  /** The number of the branch or body around it: where no reference gets there, that says it all. */
  inside: number | null;
}

export interface ArmedModel {
  file: string;
  places: TrappedPlace[];
}

/**
 * A copy of the model in `folder` with a trap at each place inside of its branches and loops, in functions too, and with `more`
 * behind it. If it has such places, it takes one more input, `ARMED`. Rejects with the system's error; throws `MalformedOnnx`.
 */
export async function armedModel(
  { model, graph }: { model: string; graph: OnnxModel },
  folder: string,
  more: Buffer,
): Promise<ArmedModel> {
  const { parts, places } = await withOnnx(model, (reader, whole) =>
    armedParts(reader, whole, graph),
  );
  await linkWeights(model, graph, folder);

  const file = join(folder, basename(model));
  await writeParts(model, file, [...parts, added(more)]);

  return { file, places };
}

/** Nodes are met in the order in which the reader of models meets them. */
function armedParts(reader: WireReader, whole: Field, graph: OnnxModel) {
  const placesOf = placeFinder(graph);
  const places: TrappedPlace[] = [];
  const calls = isDecidedInside(graph)
    ? inputCounts(reader, whole)
    : new Map<string, number>();
  let met = 0;

  function ofGraph(field: Field, inside: number | null): Part[] {
    return changed(reader, field, (part) =>
      part.number === GRAPH.node ? ofNode(part, GRAPH.node, inside) : null,
    );
  }

  function ofNode(
    field: Field,
    number: number,
    inside: number | null,
  ): Part[] | null {
    const node = graph.nodes[met];
    met += 1;
    if (!node) return null;

    const path = ownerPath(node, met);
    const parts = changed(reader, field, (part) =>
      part.number === NODE.attribute
        ? ofAttribute(part, { node, path, inside })
        : null,
    );
    const known = calls.get(`${node.domain}:${node.op}`);
    if (known !== undefined)
      parts.push(...armedCall(known - node.inputs.length));

    return parts.length > 1 ? wrapped(number, parts) : null;
  }

  function ofAttribute(field: Field, owner: Owner): Part[] | null {
    const fields = [...reader.fields(field.start, field.end)];
    const name = fields.find(({ number }) => number === ATTRIBUTE.name);
    const role = name ? reader.text(name) : "";
    const parts = changed(reader, field, (part) =>
      part.number === ATTRIBUTE.graph || part.number === ATTRIBUTE.graphs
        ? ofInner(part, role, owner)
        : null,
    );

    return parts.length > 1 ? wrapped(NODE.attribute, parts) : null;
  }

  function ofInner(field: Field, role: string, { node, path, inside }: Owner) {
    const first = places.length;
    const found = placesOf({
      ...{ owner: node, role, scope: `${path}/${role}` },
      ...endsOf(reader, field),
    });
    for (const [at, { untaken }] of found.entries())
      places.push({ untaken, inside: at === 0 ? inside : first });

    const inner = ofGraph(field, found.length > 0 ? first : inside);
    const traps = found.map(({ meets }, at) =>
      added(trapNodes(first + at, meets)),
    );

    return wrapped(field.number, [...inner, ...traps]);
  }

  const parts = changed(reader, whole, (field) => {
    if (field.number === MODEL.graph)
      return wrapped(MODEL.graph, ofGraph(field, null));
    if (field.number !== MODEL.function) return null;

    const own = changed(reader, field, (part) =>
      part.number === FUNCTION.node ? ofNode(part, FUNCTION.node, null) : null,
    );
    const input = calls.size > 0 ? [added(text(FUNCTION.input, ARMED))] : [];

    return wrapped(MODEL.function, [...own, ...input]);
  });
  if (places.length === 0) return { places, parts };

  const input = message(GRAPH.input, tensorValue(ARMED, INT64));

  return { places, parts: [...parts, added(message(MODEL.graph, input))] };
}

/** A node that holds graphs: its path as the scopes have it, and the place around it. */
interface Owner {
  node: OnnxNode;
  path: string;
  inside: number | null;
}

/** Something is decided in a function, which sees nothing but its own inputs. */
function isDecidedInside({ nodes, functions }: OnnxModel): boolean {
  const functionOf = functionFinder({ functions });
  return nodes.some(
    ({ op, scope }) =>
      ["If", "Loop"].includes(op) && functionOf(scope) !== null,
  );
}

/** How many inputs each function takes, by its domain and name. */
function inputCounts(reader: WireReader, whole: Field): Map<string, number> {
  const counts = new Map<string, number>();

  for (const field of reader.fields(whole.start, whole.end)) {
    if (field.number !== MODEL.function) continue;

    const own = { domain: "", name: "", inputs: 0 };
    for (const part of reader.fields(field.start, field.end)) {
      if (part.number === FUNCTION.name) own.name = reader.text(part);
      if (part.number === FUNCTION.domain) own.domain = reader.text(part);
      if (part.number === FUNCTION.input) own.inputs += 1;
    }
    counts.set(`${own.domain}:${own.name}`, own.inputs);
  }

  return counts;
}

/** One more input of a call, behind those that it leaves out at its end. */
function armedCall(leftOut: number): Part[] {
  const empty = Array.from({ length: Math.max(0, leftOut) }, () =>
    text(NODE.input, ""),
  );
  return [...empty, text(NODE.input, ARMED)].map(added);
}

function endsOf(
  reader: WireReader,
  graph: Field,
): { inputs: string[]; outputs: string[] } {
  const inputs: string[] = [];
  const outputs: string[] = [];

  for (const field of reader.fields(graph.start, graph.end)) {
    if (field.number === GRAPH.input)
      inputs.push(readValue(reader, field).name);
    if (field.number === GRAPH.output)
      outputs.push(readValue(reader, field).name);
  }

  return { inputs, outputs };
}
