import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { STRICT } from "../../../src/config/policy.ts";
import { readOnnx } from "../../../src/onnx/read-onnx.ts";
import { plain } from "../../../src/text/message.ts";
import { parity } from "../../../src/validate/checks/parity.ts";
import { findSubject } from "../../../src/validate/find-subject.ts";
import { createRuntime } from "../../../src/validate/runtime/runtime.ts";
import { folderOf } from "../../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../../support/onnx-writer.ts";
import { random } from "../../support/random.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";
import { byHand } from "./by-hand.ts";
import type { Layer } from "./layers.ts";

/** Steps and rows of each case. */
const SIZES: [time: number, batch: number][] = [
  [6, 4],
  [9, 3],
  [4, 8],
  [12, 2],
];

/** A model beside the references of a layer, which need not be its own. `seed`: of the inputs. */
export function layerFolder(
  model: ModelInput,
  source: Layer,
  seed = 99,
): Promise<string> {
  return folderOf({
    "model.onnx": onnxModel(model),
    "references.safetensors": layerReferences(source, seed),
  });
}

function layerReferences(source: Layer, seed: number): Buffer {
  const rng = random(seed);
  const tensors: Record<string, TensorValue> = {};
  const rows = { channel_axis: 2, rows: 2, steps: [1, 1, 1] };
  const metadata: Record<string, string> = {
    "layer/last": JSON.stringify({ ...rows, layer: "head" }),
  };
  const ways = source.direction === "bidirectional" ? 2 : 1;

  for (const [index, [time, batch]] of SIZES.entries()) {
    const name = `random-${index}`;
    const { input, hidden } = source;
    const x = Array.from({ length: time * batch * input }, () =>
      Math.fround(rng.normal()),
    );
    metadata[`${name}/kind`] = "random";
    tensors[`${name}/in/x`] = {
      dtype: "F32",
      shape: [time, batch, input],
      values: x,
    };

    for (const [kind, dtype, round] of [
      ["fp32", "F32", Math.fround],
      ["fp64", "F64", Number],
    ] as const) {
      const { y, last, cell } = byHand(source, x, [time, batch], round);
      const state = [ways, batch, hidden];
      tensors[`${name}/${kind}/y`] = {
        dtype,
        shape: [time, ways, batch, hidden],
        values: y,
      };
      tensors[`${name}/${kind}/last`] = { dtype, shape: state, values: last };
      // As if a layer came behind.
      tensors[`${name}/aux/layer.${kind}/last`] = {
        ...{ dtype, shape: state, values: last },
      };
      if (source.op === "LSTM")
        tensors[`${name}/${kind}/cell`] = { dtype, shape: state, values: cell };
    }
  }

  return safetensors(tensors, metadata);
}

/** What the check of the outputs says of a folder, in this process. */
export async function judgeParity(folder: string) {
  const subject = await findSubject(folder, null, STRICT);
  const graph = await readOnnx(subject.model);
  const ignore = () => undefined;
  const runtime = createRuntime({
    model: subject.model,
    references: subject.references,
    tolerance: STRICT.tolerance,
    graph,
    bytes: 1,
    scratch: await mkdtemp(join(folder, "scratch-")),
    watch: { begin: ignore, end: ignore, failed: ignore },
  });
  try {
    const found = await parity.run(subject, graph, runtime);
    const { status, kind, message, details } = found;
    return {
      outcome: kind ?? status,
      says: plain(message),
      outputs: details.outputs ?? [],
      layers: details.layers,
    };
  } finally {
    await runtime.close();
  }
}
