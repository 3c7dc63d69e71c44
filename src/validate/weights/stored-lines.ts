import { withOnnx } from "../../onnx/open-onnx.ts";
import { readTensorInfo } from "../../onnx/read-value.ts";
import type { Field, WireReader } from "../../onnx/wire.ts";
import { sizeOf } from "../evidence/tensor.ts";
import { createLineHashes, type LineHashes } from "./line-hashes.ts";

/** Fields of `ModelProto`, `GraphProto` and `TensorProto`. */
const [GRAPH, INITIALIZER, FLOATS, RAW] = [7, 5, 4, 9];
const BYTES = 4;

/** Of what the main graph stores as float32 within the file, by its name, as far as it is asked for. Throws `MalformedOnnx`. */
export async function storedLines(
  model: string,
  names: ReadonlySet<string>,
): Promise<Map<string, LineHashes>> {
  return withOnnx(model, (reader, whole) => {
    const found = new Map<string, LineHashes>();

    for (const field of initializersOf(reader, whole)) {
      const { name, dtype, dims, external } = readTensorInfo(reader, field);
      if (!names.has(name) || dtype !== "float32" || external) continue;

      const lines = linesOf(reader, field, dims);
      if (lines) found.set(name, lines);
    }

    return found;
  });
}

function* initializersOf(reader: WireReader, whole: Field): Generator<Field> {
  for (const graph of reader.fields(whole.start, whole.end)) {
    if (graph.number !== GRAPH) continue;
    for (const field of reader.fields(graph.start, graph.end))
      if (field.number === INITIALIZER) yield field;
  }
}

/** Rows are the first axis. Null where the values are not stored in one piece. */
function linesOf(
  reader: WireReader,
  tensor: Field,
  [rows = 1, ...others]: number[],
): LineHashes | null {
  const columns = sizeOf(others);
  const data = [...reader.fields(tensor.start, tensor.end)].find(
    ({ number, wire }) => wire === 2 && (number === RAW || number === FLOATS),
  );
  // Before anything is made of a size that a file only says.
  const isWhole = data && data.end - data.start === BYTES * rows * columns;
  if (!isWhole || rows * columns === 0) return null;

  const hashes = createLineHashes(rows, columns);
  // A piece may begin at any byte of the memory that it lies in.
  for (const piece of reader.chunks(data))
    hashes.add(new Uint32Array(new Uint8Array(piece).buffer));

  return hashes.result();
}
