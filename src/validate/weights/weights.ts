import type { References } from "../evidence/references.ts";
import type { TensorEntry } from "../evidence/safetensors.ts";
import { once } from "../runtime/once.ts";
import type { ReferenceSet } from "../runtime/reference-set.ts";
import {
  judgeWeights,
  type WeightPair,
  type WeightsReport,
} from "./judge-weights.ts";
import { storedLines } from "./stored-lines.ts";

/** Weights that the graph stores beside the source's own. */
export interface Weights {
  /** Null where the references hold none. */
  compare(): Promise<WeightsReport | null>;
}

/** `model` is the path of the ONNX file. */
export function createWeights(model: string, set: ReferenceSet): Weights {
  return {
    compare: once(async () => {
      const references = await set.open();
      if (references === null || references.weights.size === 0) return null;

      return compare(model, references);
    }),
  };
}

async function compare(
  model: string,
  { cases, weights, read }: References,
): Promise<WeightsReport> {
  const stored = await storedLines(model, new Set(weights.keys()));
  const lines = async (entry: TensorEntry) =>
    (await read(entry)).data as Int32Array;
  const pairs: WeightPair[] = [];

  for (const [name, layer] of weights) {
    const from = cases.find((each) => each.weights.rows.has(name))?.weights;
    const [rows, columns] = [from?.rows.get(name), from?.columns.get(name)];
    const own = stored.get(name);
    if (!own || rows?.dtype !== "int32" || columns?.dtype !== "int32") continue;

    const source = { rows: await lines(rows), columns: await lines(columns) };
    pairs.push({ name, layer, source, stored: own });
  }

  return judgeWeights(pairs, weights.size);
}
