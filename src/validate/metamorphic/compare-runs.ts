import type { Tolerance } from "../../config/policy.ts";
import { type BoxNoise, readBoxNoise } from "../agreement/box-values.ts";
import type { DetectionNames } from "../detection/detection-names.ts";
import type { ReferenceCase, References } from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import { boxDifference, difference, sourceScale } from "../run-difference.ts";

/** By what two runs of the model are compared. */
export interface ComparedRuns {
  references: References;
  detections: DetectionNames | null;
  /** Outputs whose rows are a set: those of the detections. */
  sets: ReadonlySet<string>;
  tolerance: Tolerance;
}

/**
 * How two runs differ by more than rounding, and in which output; null where they do not. The case is the one whose
 * noise counts; outputs of the first run that the second has not are left out.
 */
export async function firstDifference(
  { references, detections, sets, tolerance }: ComparedRuns,
  { fp32, fp64, variants }: ReferenceCase,
  [first, second]: readonly [Feeds, Feeds],
): Promise<string | null> {
  for (const [name, tensor] of first) {
    const other = second.get(name);
    if (!other) continue;

    const found = sets.has(name)
      ? setDifference(
          name,
          detections,
          [first, second],
          await readBoxNoise(references, detections, {
            ...{ fp32, fp64, variants },
          }),
        )
      : difference(
          tensor,
          other,
          await sourceScale(references, fp32.get(name), fp64.get(name)),
          tolerance,
        );

    if (found) return `output "${name}": ${found}`;
  }

  return null;
}

/** Labels and masks are compared with the boxes that they belong to. */
function setDifference(
  name: string,
  detections: DetectionNames | null,
  [first, second]: readonly [Feeds, Feeds],
  noise: BoxNoise,
): string | null {
  if (!detections || name !== detections.dets) return null;

  const { dets, labels } = detections;
  const [left, right] = [first.get(dets), second.get(dets)];
  const [leftLabels, rightLabels] =
    labels === null ? [] : [first.get(labels), second.get(labels)];

  return left && right
    ? boxDifference(
        left,
        right,
        leftLabels && rightLabels ? [leftLabels, rightLabels] : null,
        noise,
      )
    : null;
}
