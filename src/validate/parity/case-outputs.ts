import type { ReferenceCase, References } from "../evidence/references.ts";
import type { TensorEntry } from "../evidence/safetensors.ts";
import type { Feeds } from "../evidence/tensor.ts";
import type { CaseOutputs } from "./collect.ts";

/** What one run gave, beside what the source says of the same outputs. */
export function caseOutputs(
  referenceCase: ReferenceCase,
  outputs: Feeds,
  { read }: References,
): CaseOutputs {
  const tensor = async (entry: TensorEntry | undefined) =>
    entry ? await read(entry) : null;
  return {
    name: referenceCase.name,
    kind: referenceCase.kind,
    async read(name) {
      const onnx = outputs.get(name);
      if (!onnx) return null;

      const variants = referenceCase.fp64.has(name)
        ? []
        : referenceCase.variants.flatMap((variant) => variant.get(name) ?? []);

      return {
        onnx,
        fp32: await tensor(referenceCase.fp32.get(name)),
        fp64: await tensor(referenceCase.fp64.get(name)),
        variants: await Promise.all(variants.map(read)),
        margin: await tensor(referenceCase.aux.get(`${name}.margin`)),
        noise: await tensor(referenceCase.aux.get(`${name}.noise`)),
      };
    },
    exactIntermediate: (name) =>
      tensor(referenceCase.intermediate.fp64.get(name)),
  };
}
