import type { Contract } from "../contract/contract.ts";

/** What decides which boxes are kept, from the contract; null where it does not say. */
export interface KeepRule {
  scoreThreshold: number | null;
  /** Most boxes of a picture, after suppression and before it. */
  maxBoxes: number | null;
  preTopK: number | null;
  /** Overlap from which the less sure of two boxes is dropped, and whether also that of another label. */
  nmsIou: number | null;
  classAgnostic: boolean;
  /** Rows are corners, so that a device drops those without area. */
  dropsEmpty: boolean;
}

/** How the contract calls rows of corners and a score; where nothing is said they are that. */
const CORNERS = "x1y1x2y2s";

/** What decides which boxes are kept, as the contract tells it. */
export function keepRule(contract: Contract | null, dets: string): KeepRule {
  const { baked = {}, outputs = [] } = contract ?? {};
  const output = outputs.find(({ name }) => name === dets);

  return {
    scoreThreshold: baked.score_thr ?? null,
    maxBoxes: output?.max_k ?? null,
    preTopK: baked.pre_topk ?? null,
    nmsIou: baked.nms_iou ?? null,
    classAgnostic: baked.class_agnostic === true,
    dropsEmpty: (output?.format ?? CORNERS) === CORNERS,
  };
}
