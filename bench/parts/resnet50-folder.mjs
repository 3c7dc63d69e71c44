// A folder that validation takes: a ResNet-50 with references.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { FEATURES, resnet50 } from "./resnet50.mjs";
import { testSupport } from "./test-support.mjs";

/** Batches of the references: 8 rows. */
const BATCHES = [4, 3, 1];
const ROW = [3, 224, 224];

/** Makes the folder; the source's own numbers are ONNX Runtime's without optimisation, with the noise of fp32. */
export async function resnet50Folder(folder) {
  const { safetensors } = await testSupport("references-writer");
  const { random } = await testSupport("random");
  const rng = random(7);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "end2end.onnx"), await resnet50());

  const session = await InferenceSession.create(
    new Uint8Array(await resnet50(true)),
    { graphOptimizationLevel: "disabled", logSeverityLevel: 4 },
  );
  const tensors = {};
  const metadata = { [`inner/${FEATURES}`]: "source" };
  const exact = (data) => {
    const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    return Array.from(data, (x) => x + rng.normal() * scale * 3e-7);
  };

  for (const [index, batch] of BATCHES.entries()) {
    const [name, dims] = [`random-${index}`, [batch, ...ROW]];
    const size = dims.reduce((product, dim) => product * dim, 1);
    const input = Float32Array.from({ length: size }, () => rng.normal());
    const outputs = await session.run({
      input: new Tensor("float32", input, dims),
    });

    metadata[`${name}/kind`] = "random";
    tensors[`${name}/in/input`] = { dtype: "F32", shape: dims, values: input };
    for (const [output, { data, dims: shape }] of Object.entries(outputs)) {
      const part = `${name}/${output === FEATURES ? "aux/" : ""}`;
      tensors[`${part}fp32/${output}`] = { dtype: "F32", shape, values: data };
      tensors[`${part}fp64/${output}`] = {
        ...{ dtype: "F64", shape },
        values: exact(data),
      };
    }
  }

  writeFileSync(
    join(folder, "references.safetensors"),
    safetensors(tensors, metadata),
  );
}
