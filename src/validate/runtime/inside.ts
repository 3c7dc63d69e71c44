import type { OnnxModel } from "../../onnx/model.ts";
import type { Feeds } from "../evidence/tensor.ts";
import type { LoadedModel } from "./onnx-runtime.ts";
import type { ReferenceSet } from "./reference-set.ts";
import { loading, running, type Watch, watched } from "./watch.ts";

/** What a look inside of a graph needs. */
export interface InsideSource {
  /** Path of the ONNX file. */
  model: string;
  graph: OnnxModel;
  /** A folder for a small model, or for a copy of the model with further outputs. */
  scratch: string;
  references: ReferenceSet;
  watch: Watch;
  /** Loads a file without optimisation. */
  open(file: string): Promise<LoadedModel>;
}

/** Runs a loaded model; `what` for a person, e.g. `case real-0`. */
export type RunInside = (what: string, feeds: Feeds) => Promise<Feeds>;

/** Loads a file, which `what` names in words, for `work` alone; the watch is told of each step. */
export async function withLoaded<T>(
  { watch, open }: Pick<InsideSource, "watch" | "open">,
  { file, what }: { file: string; what: string },
  work: (run: RunInside) => Promise<T>,
): Promise<T> {
  const loaded = await watched(watch, loading(`(${what})`), () => open(file));

  try {
    return await work((step, feeds) =>
      watched(watch, running(step, feeds), () => loaded.run(feeds)),
    );
  } finally {
    await loaded.release();
  }
}
