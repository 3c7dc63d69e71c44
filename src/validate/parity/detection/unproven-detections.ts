import { NO_NOISE } from "../evidence.ts";
import type { DetectionAccumulator } from "./detection-accumulator.ts";
import { type DetectionPlan, isByPolicy } from "./detection-plan.ts";
import type { DetectionJudgement } from "./detection-rule.ts";

const ENOUGH_BOXES = 8;
const ENOUGH_PICTURES = 2;

/** What a pass lacks although nothing speaks against the boxes, and how to get it; null if nothing does. */
export function missingEvidence(
  plan: DetectionPlan,
  accumulator: DetectionAccumulator,
  judgement: DetectionJudgement,
): string | null {
  const byPolicy = isByPolicy(plan);
  if (plan.evidence === "none" && !byPolicy) return NO_NOISE;
  if (accumulator.sourceNotFinite > 0)
    return `${accumulator.sourceNotFinite} boxes of the source contain NaN or infinity`;

  const { single, exact } = accumulator.unstable;
  if (judgement.unstable)
    return `${single} boxes of the source's own float32, and ${exact} of the ${accumulator.boxes} of its float64, have no match: the model may be untrained; use a trained checkpoint, or samples that it is confident about`;

  if (!byPolicy && judgement.noisy)
    return "the source itself is too noisy: its float32 boxes differ from its float64 boxes by more than 1e-4 of their scale";

  return tooFew(plan, accumulator, judgement);
}

function tooFew(
  plan: DetectionPlan,
  accumulator: DetectionAccumulator,
  { scores }: DetectionJudgement,
): string | null {
  const enough = plan.tolerance.min_values ?? ENOUGH_BOXES;
  if (accumulator.boxes < enough)
    return `only ${accumulator.boxes} boxes in all references, ${enough} are needed; add samples that show objects`;
  if (plan.tolerance.min_values !== null) return null;
  if (accumulator.imagesWithBoxes < ENOUGH_PICTURES)
    return "only one picture has boxes; add samples that show objects";

  const [lowest, highest] = accumulator.scoreRange;
  if (highest - lowest < 8 * scores.tolerance)
    return "all scores are the same, so a fault would not be detected; use a trained checkpoint";

  const isOneLabel = accumulator.labels.size < 2 && plan.classes !== 1;
  if (plan.labels !== null && isOneLabel)
    return `all boxes have label ${[...accumulator.labels].join()}; add samples that show other classes`;

  return null;
}
