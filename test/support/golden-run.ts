import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { openTensors } from "../../src/validate/evidence/safetensors.ts";
import { numbersOf } from "../../src/validate/evidence/tensor.ts";

/** Runs a folder's model on its golden input, of float32: its metadata, and by output the largest difference of any value. */
export async function runGolden(folder: string, model = "end2end.onnx") {
  const file = await openTensors(join(folder, "golden.safetensors"));

  try {
    const session = await InferenceSession.create(join(folder, model));
    const feeds: Record<string, Tensor> = {};
    for (const entry of file.entries.filter(({ name }) => /^in\//.test(name))) {
      const { data, dims } = await file.read(entry);
      feeds[entry.name.slice("in/".length)] = new Tensor(
        "float32",
        data as Float32Array,
        dims,
      );
    }

    const found = await session.run(feeds);
    const differences: Record<string, number> = {};
    for (const entry of file.entries.filter(({ name }) =>
      /^out\//.test(name),
    )) {
      const name = entry.name.slice("out/".length);
      const golden = numbersOf(await file.read(entry));
      const data = found[name]?.data as Float32Array | BigInt64Array;
      differences[name] = Array.from(golden, (value, at) =>
        Math.abs(value - Number(data[at])),
      ).reduce((most, each) => Math.max(most, each), 0);
    }

    const names = file.entries.map(({ name }) => name).sort();
    return { metadata: file.metadata, names, differences };
  } finally {
    await file.close();
  }
}
