import type { Tolerance } from "../../config/policy.ts";
import type { FloatAccumulator } from "./float-accumulator.ts";
import { CASE_SPREAD, type FloatJudgement } from "./float-rule.ts";
import type { EvidenceKind } from "./output-plan.ts";
import { policyNames } from "./policy-rule.ts";

/** What the references offer for one output. */
export interface Evidence {
  /** What the noise is found by: fp64, or several fp32 computed in other ways, in all cases that count. */
  from: EvidenceKind;
  /** Fewest values per channel. */
  enough: number;
  /** What was stated in conversion.yaml. */
  tolerance: Tolerance;
}

const ENOUGH_VALUES = 8;

export function evidenceOf(from: EvidenceKind, tolerance: Tolerance): Evidence {
  const enough = tolerance.min_values ?? ENOUGH_VALUES;

  return { from, enough, tolerance };
}

/** Where nothing says how noisy the source is. */
export const NO_NOISE =
  "the references have no float64 values to tell noise from error; write <case>/fp64/<output>, or set a tolerance";

/** Why the output is unproven although nothing speaks against it, and how to get evidence; null where it is proved. */
export function missingEvidence(
  rank: number,
  accumulator: FloatAccumulator,
  judgement: FloatJudgement,
  { from, enough, tolerance }: Evidence,
): string | null {
  if (from === "none" && policyNames(tolerance).length === 0) return NO_NOISE;

  const fewest =
    accumulator.channels === 0
      ? 0
      : accumulator.counts.reduce((least, count) => Math.min(least, count));
  if (fewest < enough)
    return `only ${fewest} values per channel, ${enough} are needed; add cases or rows to the references`;
  // A minimum that was stated counts instead of ours.
  if (tolerance.min_values !== null) return null;

  const few = fewCases(rank, accumulator.cases);
  if (few !== null) return few;

  // Where no two cases have the same shape, how far all values lie apart has to do.
  const range = accumulator.most - accumulator.least;
  const lively =
    accumulator.compared > 0
      ? judgement.lowVariance < accumulator.channels
      : range >= CASE_SPREAD * judgement.worst.noise;
  if (lively && range > 0) return null;

  return "its values hardly depend on the input in the references, so a fault would not be detected; add real samples, or use a trained checkpoint";
}

/** Why so many cases of an output of this rank are too few; null where they are enough. */
export function fewCases(rank: number, cases: number): string | null {
  const needed = rank <= 2 ? 3 : 2;

  return cases < needed
    ? `only ${cases} of ${needed} needed cases; add random or real cases to the references`
    : null;
}
