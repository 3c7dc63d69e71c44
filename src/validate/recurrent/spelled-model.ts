import { type FileHandle, open } from "node:fs/promises";
import { basename, join } from "node:path";
import { encodeNode, message, messageStart } from "../../onnx/encode.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import { withOnnx } from "../../onnx/open-onnx.ts";
import type { Field, WireReader } from "../../onnx/wire.ts";
import { linkWeights } from "../intermediate/open-tensors.ts";
import { readRecurrent } from "./recurrent-node.ts";
import { spellOut } from "./spell-out.ts";

const GRAPH = 7;
const NODE = 1;
const PIECE = 1 << 20;
/** Scan in the form that is written is of this opset. */
const LEAST_OPSET = 9;

/** A part of the new file: bytes of the old one behind new ones, or new ones alone. */
interface Part {
  before: Buffer;
  from: number;
  to: number;
}

/**
 * A copy of the model in `folder` whose LSTM, GRU and RNN nodes are plain operators in float64; null where it has none,
 * or one that cannot be spelled out. Rejects with the system's error; throws `MalformedOnnx`.
 */
export async function spelledModel(
  model: string,
  graph: OnnxModel,
  folder: string,
): Promise<string | null> {
  const opset = graph.opsets[""] ?? 0;
  if (opset < LEAST_OPSET) return null;

  const parts = await withOnnx(model, (reader, whole) =>
    partsOf(reader, whole, opset),
  );
  if (parts === null || !(await linkWeights(model, graph, folder))) return null;

  const copy = join(folder, `spelled-${basename(model)}`);
  await writeParts(model, copy, parts);

  return copy;
}

function partsOf(
  reader: WireReader,
  whole: Field,
  opset: number,
): Part[] | null {
  const parts: Part[] = [];
  let spelled = 0;

  for (const [field, start] of withStarts(reader, whole)) {
    if (field.number !== GRAPH) {
      parts.push({ before: Buffer.alloc(0), from: start, to: field.end });
      continue;
    }

    const inner = partsOfGraph(reader, field, { opset, spelled });
    if (inner === null) return null;
    parts.push(...inner.parts);
    spelled = inner.spelled;
  }

  return spelled > 0 ? parts : null;
}

/** The graph in several messages, which protobuf reads as one: nodes keep their order. */
function partsOfGraph(
  reader: WireReader,
  graph: Field,
  { opset, spelled: before }: { opset: number; spelled: number },
): { parts: Part[]; spelled: number } | null {
  const parts: Part[] = [];
  let spelled = before;
  let from = graph.start;
  const keepUntil = (to: number) => {
    if (to > from)
      parts.push({ before: messageStart(GRAPH, to - from), from, to });
  };

  for (const [field, start] of withStarts(reader, graph)) {
    const node = field.number === NODE ? readRecurrent(reader, field) : null;
    if (node === null) continue;
    if (node === "unknown") return null;

    keepUntil(start);
    const nodes = spellOut(node, `model-to-edge/${spelled}/`, opset);
    const bytes = message(
      GRAPH,
      ...nodes.map((each) => message(NODE, encodeNode(each))),
    );
    parts.push({ before: bytes, from: field.end, to: field.end });
    from = field.end;
    spelled += 1;
  }

  keepUntil(graph.end);

  return { parts, spelled };
}

/** Fields with the place where their tag stands. */
function* withStarts(
  reader: WireReader,
  { start, end }: Field,
): Generator<[Field, number]> {
  let at = start;
  for (const field of reader.fields(start, end)) {
    yield [field, at];
    at = field.end;
  }
}

async function writeParts(
  model: string,
  copy: string,
  parts: readonly Part[],
): Promise<void> {
  const source = await open(model, "r");
  try {
    const target = await open(copy, "w");
    try {
      for (const part of parts) await writePart(source, target, part);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function writePart(
  source: FileHandle,
  target: FileHandle,
  { before, from, to }: Part,
): Promise<void> {
  await target.write(before);

  const piece = Buffer.alloc(Math.min(PIECE, to - from));
  for (let at = from; at < to; ) {
    const { bytesRead } = await source.read(
      piece,
      0,
      Math.min(piece.length, to - at),
      at,
    );
    if (bytesRead === 0) throw new Error(`${copyProblem} at byte ${at}`);
    await target.write(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}

const copyProblem = "the model's file ended while it was copied";
