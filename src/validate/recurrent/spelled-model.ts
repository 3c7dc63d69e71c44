import { basename, join } from "node:path";
import { encodeNode, message, messageStart } from "../../onnx/encode.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import { withOnnx } from "../../onnx/open-onnx.ts";
import { type Part, withStarts, writeParts } from "../../onnx/rewrite.ts";
import type { Field, WireReader } from "../../onnx/wire.ts";
import { linkWeights } from "../intermediate/open-tensors.ts";
import { readRecurrent } from "./recurrent-node.ts";
import { spellOut } from "./spell-out.ts";

const GRAPH = 7;
const NODE = 1;
/** Scan in the form that is written is of this opset. */
const LEAST_OPSET = 9;

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
