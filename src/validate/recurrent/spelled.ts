import type { OnnxModel } from "../../onnx/model.ts";
import type { ReferenceCase } from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import { loadModel } from "../runtime/onnx-runtime.ts";
import type { ReferenceSet } from "../runtime/reference-set.ts";
import { loading, running, type Watch, watched } from "../runtime/watch.ts";
import { spelledModel } from "./spelled-model.ts";

/** The model with its recurrent layers as plain operators in float64: what its graph says, without the runtime's kernels. */
export interface Spelled {
  /** To be released by who opens it; null where the model has no such form. */
  open(): Promise<SpelledSession | null>;
}

export interface SpelledSession {
  run(referenceCase: ReferenceCase): Promise<Feeds>;
  release(): Promise<void>;
}

export interface SpelledSource {
  /** Path of the ONNX file. */
  model: string;
  graph: OnnxModel;
  /** A folder for the copy. */
  scratch: string;
  references: ReferenceSet;
  watch: Watch;
}

export function createSpelled(source: SpelledSource): Spelled {
  return { open: () => openSpelled(source) };
}

/** What ONNX Runtime does not load has no such form: the judgement without it stands. */
async function openSpelled({
  model,
  graph,
  scratch,
  references,
  watch,
}: SpelledSource): Promise<SpelledSession | null> {
  const copy = await spelledModel(model, graph, scratch);
  if (copy === null) return null;

  const loaded = await watched(
    watch,
    loading("(recurrent layers spelled out)"),
    // Optimising it, ONNX Runtime (1.30.0, and 1.20.1) ends with a segmentation fault at the transposes of torch's `batch_first`.
    () => loadModel(copy, "disabled"),
  ).catch(() => null);
  if (loaded === null) return null;

  return {
    async run(referenceCase) {
      const feeds = await references.feeds(referenceCase);
      const what = `case ${referenceCase.name}, recurrent layers spelled out`;
      return watched(watch, running(what, feeds), () => loaded.run(feeds));
    },
    release: () => loaded.release(),
  };
}
