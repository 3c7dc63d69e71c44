import type { DetectionNames } from "../detection/detection-names.ts";
import type { KeepRule } from "../detection/keep-rule.ts";
import type { ReferenceCase, References } from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import type { MaskRule } from "./mask-agreement.ts";

/** What the source's own results are compared with. */
export interface OwnRequest {
  references: References;
  cases: readonly ReferenceCase[];
  /** Null where the outputs are no boxes. */
  detector: {
    detections: DetectionNames;
    keep: KeepRule;
    masks: MaskRule;
  } | null;
  /** What the edge model gives for a case; null where it was not run. */
  outputsOf(referenceCase: ReferenceCase): Promise<Feeds | null>;
}

/** Of a detector. */
export type DetectionRequest = Omit<OwnRequest, "detector"> &
  NonNullable<OwnRequest["detector"]>;
