import { openTensors } from "../evidence/safetensors.ts";
import {
  type StoredTensor,
  writeSafetensors,
} from "../evidence/write-safetensors.ts";

/** The only case of a golden file. */
const GOLDEN = "golden";
const INPUT = "in/";

/** Writes the inputs of a `golden.safetensors` as references with one case; what the source computed is left out. */
export async function goldenInputs(golden: string, to: string): Promise<void> {
  const file = await openTensors(golden);
  const { kind = "random", file: shown } = file.metadata;
  const metadata: Record<string, string> = {
    [`${GOLDEN}/kind`]: kind,
    ...(shown === undefined ? {} : { [`file/${GOLDEN}`]: shown }),
  };
  const tensors: StoredTensor[] = [];

  try {
    for (const entry of file.entries) {
      const { name: own, dtype, dims } = entry;
      if (!own.startsWith(INPUT)) continue;

      const name = `${GOLDEN}/${own}`;
      const bytes = await file.bytes(entry);
      if (dtype === "string") {
        const count = dims.reduce((size, dim) => size * dim, 1);
        const shape = [...dims, bytes.length / count];
        metadata[`text/${name}`] = "utf8";
        tensors.push({ name, dtype: "uint8", shape, bytes });
      } else tensors.push({ name, dtype, shape: dims, bytes });
    }

    await writeSafetensors(to, tensors, metadata);
  } finally {
    await file.close();
  }
}
