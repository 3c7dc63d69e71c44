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
}

/** What decides which boxes are kept, as the contract tells it. */
export function keepRule(contract: Contract | null, dets: string): KeepRule {
  const { baked = {}, outputs = [] } = contract ?? {};
  const most = outputs.find(({ name }) => name === dets)?.max_k;

  return {
    scoreThreshold: baked.score_thr ?? null,
    maxBoxes: most ?? null,
    preTopK: baked.pre_topk ?? null,
    nmsIou: baked.nms_iou ?? null,
    classAgnostic: baked.class_agnostic === true,
  };
}
