import type { ReferenceCase } from "../evidence/references.ts";
import type { TensorEntry } from "../evidence/safetensors.ts";
import { numbersOf, sameShape, type Tensor } from "../evidence/tensor.ts";
import { farthest } from "../parity/farthest.ts";
import type { EvidenceKind } from "../parity/output-plan.ts";

/** How the noise of an output is read. */
export interface NoiseSource {
  evidence: EvidenceKind;
  read(entry: TensorEntry): Promise<Tensor>;
}

/**
 * The source's own prediction, off by the noise that the references show at each place of the same output: `predict` is
 * computed once only. Null where they show none.
 */
export async function noisyPrediction(
  own: Tensor,
  name: string,
  { fp32, fp64, variants }: ReferenceCase,
  { evidence, read }: NoiseSource,
): Promise<Tensor | null> {
  const of = async (entries: ReferenceCase["fp32"]) => {
    const entry = entries.get(name);
    return entry ? await read(entry) : null;
  };

  const single = await of(fp32);
  if (!single || evidence === "none") return null;

  const ways = await Promise.all(variants.map(of));
  const other =
    evidence === "fp64"
      ? await of(fp64)
      : farthest(
          single,
          ways.filter((tensor) => tensor !== null),
        );

  return other ? offBy(own, single, other) : null;
}

/** `own` + (`single` − `other`), where that is a number; null where the shapes differ. */
function offBy(own: Tensor, single: Tensor, other: Tensor): Tensor | null {
  if (!sameShape(single.dims, own.dims) || !sameShape(other.dims, own.dims))
    return null;

  const [a, b] = [numbersOf(single), numbersOf(other)];
  const data = Float64Array.from(numbersOf(own), (value, at) => {
    const noise = (a[at] as number) - (b[at] as number);
    return Number.isFinite(noise) ? value + noise : value;
  });

  return { dtype: "float64", dims: own.dims, data };
}
