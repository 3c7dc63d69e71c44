import type { Tolerance } from "../../../config/policy.ts";
import type { DetectionNames } from "../../detection/detection-names.ts";
import type { KeepRule } from "../../detection/keep-rule.ts";
import type { EvidenceKind } from "../output-plan.ts";

/** How the outputs of a detector are judged together. */
export interface DetectionPlan extends DetectionNames {
  keep: KeepRule;
  /** How many classes the contract has; null where it does not say. */
  classes: number | null;
  evidence: EvidenceKind;
  tolerance: Tolerance;
}

/** Errors that were stated count instead of the noise rule. */
export function isByPolicy({ tolerance }: DetectionPlan): boolean {
  return tolerance.absolute !== null || tolerance.range_relative !== null;
}
