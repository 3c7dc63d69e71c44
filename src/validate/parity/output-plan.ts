import type { Tolerance } from "../../config/policy.ts";
import type { ReferenceCase } from "../evidence/references.ts";
import type { TensorEntry } from "../evidence/safetensors.ts";
import { isFloat } from "../evidence/tensor.ts";

/** What noise is found by: fp64, or several fp32 computed in other ways, in all cases that count. */
export type EvidenceKind = "fp64" | "fp32" | "none";

/** How one tensor is judged. */
export interface OutputPlan {
  name: string;
  /** In a message, e.g. `output "scores"`. */
  called: string;
  /** Channels of the tensor; null where all of it is one. */
  axis: number | null;
  /** Another axis that may be that of channels. */
  other?: number | null;
  evidence: EvidenceKind;
  /** What it is made of was compared too, so that a map may show one class only. */
  proved: boolean;
  /** Of integers: rounded numbers, of which a tie turns one to the next, and not choices. */
  rounded?: boolean;
  /** What is wrong with its dtype, whatever its values are. */
  typeProblem: string | null;
  tolerance: Tolerance;
}

/** What the references must have where fp64 is impossible. */
const ENOUGH_VARIANTS = 4;

export function evidenceFor(
  name: string,
  cases: readonly ReferenceCase[],
): EvidenceKind {
  const having = cases.filter(
    ({ fp32, fp64 }) => fp32.has(name) || fp64.has(name),
  );
  if (having.length === 0) return "none";

  if (
    having.every(({ fp32, fp64 }) => fp32.has(name) && isExact(fp64.get(name)))
  )
    return "fp64";

  const several = ({ fp32, variants }: ReferenceCase) =>
    fp32.has(name) &&
    variants.filter((variant) => variant.has(name)).length >= ENOUGH_VARIANTS;

  return having.every(several) ? "fp32" : "none";
}

/** Single precision under the name fp64 is none: the source fell back to it on the way. */
export function isExact(entry: TensorEntry | undefined): boolean {
  return (
    entry !== undefined && (entry.dtype === "float64" || !isFloat(entry.dtype))
  );
}
