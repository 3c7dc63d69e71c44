import type { ReferenceCase } from "../evidence/references.ts";
import { openTensors, type TensorFile } from "../evidence/safetensors.ts";
import type { Feeds } from "../evidence/tensor.ts";
import {
  type StoredTensor,
  writeSafetensors,
} from "../evidence/write-safetensors.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Recorded, RecordWish } from "./channel.ts";

/** Bytes of all tensors that are recorded; the first case is always. */
const LIMIT = 256 << 20;

/**
 * Runs cases, and writes what the model computes as references of their own: `<case>/in/…` as they lie in `references`,
 * `<case>/fp32/…` from ONNX Runtime. Texts among the outputs are left out.
 */
export async function recordOutputs(
  { session, references: set }: Pick<Runtime, "session" | "references">,
  references: string,
  { file: path, cases, outputs }: RecordWish,
): Promise<Recorded> {
  const file = await openTensors(references);
  const recorded: Recorded = { cases: [], refused: [] };
  const tensors: StoredTensor[] = [];
  const metadata: Record<string, string> = {};

  try {
    for (const each of await set.cases()) {
      if (!cases.includes(each.name)) continue;
      if (bytesOf(tensors) > LIMIT) {
        recorded.refused.push(`${each.name}: the cases before it take enough`);
        continue;
      }

      const given = await session.runCase(each).catch(ortMessage);
      if (typeof given === "string") {
        recorded.refused.push(`${each.name}: ${given}`);
        continue;
      }
      tensors.push(
        ...(await inputsOf(file, each, metadata)),
        ...outputsOf(each, given, outputs),
      );
      metadata[`${each.name}/kind`] = each.kind;
      const shown = file.metadata[`file/${each.name}`];
      if (shown !== undefined) metadata[`file/${each.name}`] = shown;
      recorded.cases.push(each.name);
    }

    await writeSafetensors(path, tensors, metadata);
    return recorded;
  } finally {
    await file.close();
  }
}

async function inputsOf(
  file: TensorFile,
  { inputs }: ReferenceCase,
  metadata: Record<string, string>,
): Promise<StoredTensor[]> {
  const stored: StoredTensor[] = [];
  for (const entry of inputs.values()) {
    const { name, dtype, dims } = entry;
    const bytes = await file.bytes(entry);
    if (dtype !== "string") {
      stored.push({ name, dtype, shape: dims, bytes });
      continue;
    }

    const count = dims.reduce((size, dim) => size * dim, 1);
    const shape = [...dims, bytes.length / count];
    metadata[`text/${name}`] = "utf8";
    stored.push({ name, dtype: "uint8", shape, bytes });
  }

  return stored;
}

function outputsOf(
  { name: ofCase }: ReferenceCase,
  given: Feeds,
  wanted: readonly string[],
): StoredTensor[] {
  return [...given].flatMap(([output, { dtype, dims, data }]) =>
    dtype === "string" || !wanted.includes(output)
      ? []
      : [
          {
            ...{ name: `${ofCase}/fp32/${output}`, dtype, shape: dims },
            bytes: new Uint8Array(
              data.buffer,
              data.byteOffset,
              data.byteLength,
            ),
          },
        ],
  );
}

function bytesOf(tensors: readonly StoredTensor[]): number {
  return tensors.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
