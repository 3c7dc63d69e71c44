import type { ReferenceCase, References } from "../references.ts";
import type { Feeds } from "../runtime.ts";
import type { TensorEntry } from "../safetensors.ts";
import type { CaseOutputs } from "./collect.ts";

/** What one run gave, beside what the source says of the same names: its outputs, or tensors inside of it. */
export function caseOutputs(
  one: ReferenceCase,
  given: Feeds,
  { read }: References,
  of: "outputs" | "inner" = "outputs",
): CaseOutputs {
  const { fp32, fp64 } = of === "inner" ? one.inner : one;
  const tensor = async (entry: TensorEntry | undefined) => (entry ? await read(entry) : null);
  return {
    name: one.name,
    kind: one.kind,
    async read(name) {
      const onnx = given.get(name);
      if (!onnx) return null;
      const variants = of === "inner" ? [] : one.variants.flatMap((variant) => variant.get(name) ?? []);
      return {
        onnx,
        fp32: await tensor(fp32.get(name)),
        fp64: await tensor(fp64.get(name)),
        variants: fp64.has(name) ? [] : await Promise.all(variants.map(read)),
        margin: await tensor(one.aux.get(`${name}.margin`)),
        noise: await tensor(one.aux.get(`${name}.noise`)),
      };
    },
  };
}
