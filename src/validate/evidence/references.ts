import type { FunctionProbe } from "./function-probe.ts";
import type { LayerSampling } from "./layer-sampling.ts";
import type { TensorEntry, TensorFile } from "./safetensors.ts";
import { sizeOf } from "./tensor.ts";

/** `real`: a sample; `random`: seeded; `extreme`: only the masks of NaN and infinity count; `shape`: another size. */
export type CaseKind = "real" | "random" | "extreme" | "shape";

/** Which model computed an inner tensor: the unpatched `source`, or that which the engine `rewritten` for the export. */
export type IntermediateKind = "source" | "rewritten";

/** What the source framework computes for one set of inputs; maps by the names of inputs, outputs and inner tensors. */
export interface ReferenceCase {
  name: string;
  kind: CaseKind;
  inputs: Map<string, TensorEntry>;
  fp32: Map<string, TensorEntry>;
  fp64: Map<string, TensorEntry>;
  /** Single precision computed in other ways, e.g. another number of threads: noise where there is no fp64. */
  variants: Map<string, TensorEntry>[];
  /** Tensors inside of the exported graph, before anything that loses information. */
  intermediate: {
    fp32: Map<string, TensorEntry>;
    fp64: Map<string, TensorEntry>;
  };
  /** Samples of what layers inside of the graph get. */
  layers: {
    fp32: Map<string, TensorEntry>;
    fp64: Map<string, TensorEntry>;
  };
  /** Numbers for functions inside of the graph, and what these give; by the name of that. */
  functions: {
    in: Map<string, TensorEntry>;
    fp32: Map<string, TensorEntry>;
    fp64: Map<string, TensorEntry>;
  };
  /** Hashes of the lines of weights, by their names in the graph. */
  weights: {
    rows: Map<string, TensorEntry>;
    columns: Map<string, TensorEntry>;
  };
  /** What the unpatched model's own `predict` gives, on the same inputs and from the picture itself. */
  predict: Map<string, TensorEntry>;
  pipeline: Map<string, TensorEntry>;
  /** Helpers of the comparison, e.g. `labels.margin`. */
  aux: Map<string, TensorEntry>;
}

export interface References {
  cases: ReferenceCase[];
  /** Inner tensors by their name in the ONNX file. */
  intermediate: ReadonlyMap<string, IntermediateKind>;
  /** Inputs of layers by their name in the ONNX file, and which of their values the cases hold. */
  layers: ReadonlyMap<string, LayerSampling>;
  /** Functions of one number by the tensor that they give in the ONNX file. */
  functions: ReadonlyMap<string, FunctionProbe>;
  /** Names in the source of what the ONNX file stores. */
  weights: ReadonlyMap<string, string>;
  /** Why the engine could not give something: an inner tensor, `fp64`, `predict`, `pipeline`. */
  leftOut: ReadonlyMap<string, string>;
  /** The sample's file by the case that was made of it, where the engine names it. */
  files: ReadonlyMap<string, string>;
  /** Outputs that the engine exports in another dtype than the source's on purpose, with that dtype. */
  declaredDtypes: ReadonlyMap<string, string>;
  read: TensorFile["read"];
  close(): Promise<void>;
}

/** Cases that count as evidence: all but the extreme ones. */
export function countingCases({
  cases,
}: Pick<References, "cases">): ReferenceCase[] {
  return cases.filter(({ kind }) => kind !== "extreme");
}

/** The cheapest case that counts as evidence. */
export function smallestCase(
  cases: readonly ReferenceCase[],
): ReferenceCase | undefined {
  return cheapestFirst(cases.filter(({ kind }) => kind !== "extreme"))[0];
}

export function cheapestFirst(
  cases: readonly ReferenceCase[],
): ReferenceCase[] {
  return cases.toSorted((a, b) => elementsOf(a.inputs) - elementsOf(b.inputs));
}

/** Elements of all inputs together. */
export function elementsOf(
  inputs: ReadonlyMap<string, { dims: number[] }>,
): number {
  return [...inputs.values()].reduce((sum, { dims }) => sum + sizeOf(dims), 0);
}

/** Shapes of an output in the cases that have it, from the references' header. */
export function outputShapes(
  name: string,
  cases: readonly ReferenceCase[],
): number[][] {
  const entries = cases.map(
    ({ fp32, fp64 }): TensorEntry | undefined =>
      fp64.get(name) ?? fp32.get(name),
  );
  return entries.flatMap((entry) => (entry ? [entry.dims] : []));
}
