import {
  BLOCK,
  CELLS,
  CHANNELS,
  CLASSES,
  KEPT,
  LEVEL_MODEL,
  SIZE,
} from "./detector-levels-model.ts";
import { detect, headOf } from "./detector-levels-source.ts";
import { folderOf } from "./model-folder.ts";
import { type ModelInput, onnxModel } from "./onnx-writer.ts";
import { random } from "./random.ts";
import { safetensors, type TensorValue } from "./references-writer.ts";

/** What the references hold beside outputs. */
export interface Evidence {
  inner: boolean;
  predict: boolean;
}

interface Change {
  model?: (model: ModelInput) => ModelInput;
  evidence?: Partial<Evidence>;
  /** Of the reference's tensors and metadata, before they are written. */
  references?: (
    tensors: Record<string, TensorValue>,
    metadata: Record<string, string>,
  ) => void;
}

export function levelFolder({
  model = (same) => same,
  evidence,
  references,
}: Change = {}): Promise<string> {
  const tensors: Record<string, TensorValue> = {};
  const metadata: Record<string, string> = {};
  // Each folder is the same, however many were made before.
  const inputs = random(78);
  const holds = { inner: true, predict: true, ...evidence };
  if (holds.inner)
    for (const name of ["raw.cls_scores.0", "raw.cls_scores.1"])
      metadata[`inner/${name}`] = "source";
  for (const [name, batch] of [
    ["real-0", 1],
    ["random-0", 2],
    ["random-1", 3],
  ] as const)
    addCase(tensors, { name, batch }, holds, inputs);
  metadata["real-0/kind"] = "real";
  addCase(tensors, { name: "dark", batch: 1, first: -20 }, holds, inputs);
  references?.(tensors, metadata);
  return folderOf({
    "end2end.onnx": onnxModel(model(LEVEL_MODEL)),
    "references.safetensors": safetensors(tensors, metadata),
  });
}

/** A case; `first` is what its first channel is full of. */
interface LevelCase {
  name: string;
  batch: number;
  first?: number;
}

function addCase(
  tensors: Record<string, TensorValue>,
  { name, batch, first }: LevelCase,
  holds: Evidence,
  inputs: ReturnType<typeof random>,
): void {
  const x = Array.from({ length: batch * CHANNELS * CELLS[0] }, (_, at) => {
    const isFirst = Math.floor(at / CELLS[0]) % CHANNELS === 0;
    return isFirst
      ? (first ?? Math.fround(inputs.normal()))
      : Math.fround(inputs.normal());
  });
  tensors[`${name}/in/x`] = {
    dtype: "F32",
    shape: [batch, CHANNELS, SIZE, SIZE],
    values: x,
  };
  for (const [part, dtype, rounded] of [
    ["fp32", "F32", Math.fround],
    ["fp64", "F64", Number],
  ] as const) {
    const levels = [1, BLOCK].map((step, level) =>
      headOf({ x, batch }, { step, level }, rounded),
    );
    const { dets, labels } = detect(levels, batch, rounded);
    tensors[`${name}/${part}/dets`] = {
      dtype,
      shape: [batch, KEPT, 5],
      values: dets,
    };
    tensors[`${name}/${part}/labels`] = {
      dtype: "I64",
      shape: [batch, KEPT],
      values: labels,
    };
    for (const [level, values] of levels.entries()) {
      const side = SIZE / (level === 0 ? 1 : BLOCK);
      if (holds.inner)
        tensors[`${name}/aux/${part}/raw.cls_scores.${level}`] = {
          dtype,
          shape: [batch, CLASSES, side, side],
          values,
        };
    }
    if (part === "fp32" && holds.predict) {
      tensors[`${name}/aux/predict/dets`] = {
        dtype: "F32",
        shape: [batch, KEPT, 5],
        values: dets,
      };
      tensors[`${name}/aux/predict/labels`] = {
        dtype: "I64",
        shape: [batch, KEPT],
        values: labels,
      };
    }
  }
}
