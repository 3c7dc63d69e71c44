import type { Contract } from "../contract/contract.ts";
import { outputShapes, type ReferenceCase } from "../evidence/references.ts";
import { areBoxes } from "./boxes.ts";

/** The outputs that belong together: boxes with scores, and what stands beside each row. */
export interface DetectionNames {
  dets: string;
  labels: string | null;
  masks: string | null;
}

const DETECTION_TASK = /detection|instance/i;

/** By the contract's formats, else by the names that OpenMMLab's exports have. */
export function detectionNames(
  contract: Contract | null,
  names: readonly string[],
  cases: readonly ReferenceCase[],
): DetectionNames | null {
  const { task = null, outputs = [] } = contract ?? {};
  if (task !== null && !DETECTION_TASK.test(task)) return null;

  const dets = outputs.find(({ format }) => format)?.name ?? "dets";
  const labels =
    outputs.find((output) => "label_offset" in output)?.name ?? "labels";

  if (!names.includes(dets)) return null;
  if (!outputShapes(dets, cases).every(areBoxes)) return null;

  const masks =
    names.includes("masks") &&
    outputShapes("masks", cases).every(({ length }) => length >= 3)
      ? "masks"
      : null;

  return { dets, labels: names.includes(labels) ? labels : null, masks };
}
