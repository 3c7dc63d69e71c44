import { short } from "../output-report.ts";
import type { BoxPicture } from "../parity/detection/detection-collector.ts";

/** Whose result the edge model's is compared with: on the same tensor, or from the picture through the whole pipeline. */
export type OwnResult = "predict" | "pipeline";

/** How often the edge model decides as the unpatched source model. */
export interface Agreement {
  with: OwnResult;
  output: string;
  /** What is counted: boxes, rows, places. */
  what: "boxes" | "rows" | "places";
  agreed: number;
  total: number;
  /** Boxes count from this score on. */
  sure: number | null;
  /** The case with the lowest rate. */
  worst: { case: string; agreed: number; total: number } | null;
  /** Of a detector: boxes of both sides in the worst sample. */
  boxes: BoxPicture | null;
  /** Cases that could not be compared, and why. */
  problem: string | null;
}

/**
 * Below the first it is said; MMDeploy's own order of top-k and suppression keeps up to a fifth of other boxes on a
 * network with random weights, and next to none on a trained one. Below the second the edge model is another model.
 */
export const SAID = 0.98;
const REFUSED = 0.5;
/** With fewer decisions a low rate is chance. */
const ENOUGH = 8;

export function rateOf({ agreed, total }: { agreed: number; total: number }): number {
  return total === 0 ? 1 : agreed / total;
}

export function isRefused(one: Agreement): boolean {
  return one.total >= ENOUGH && rateOf(one) < REFUSED;
}

const COUNTED = { boxes: "sure boxes of either side have a partner", rows: "rows have", places: "places have" };
const WHOSE: Record<OwnResult, string> = {
  predict: "in the unpatched source model's own prediction",
  pipeline: "in the source's own pipeline from the picture",
};

/** `97 of 100 sure boxes (score ≥ 0.3) … (97 %)`. */
export function agreementText(one: Agreement): string {
  const { what, agreed, total, sure, worst, output } = one;
  if (total === 0) return `neither side is sure of any box ${WHOSE[one.with]}`;
  const counted = what === "boxes" ? COUNTED.boxes : `${COUNTED[what]} the same class in "${output}" as`;
  const from = sure === null ? "" : ` (score ≥ ${short(sure)})`;
  const lowest =
    worst && rateOf(worst) < rateOf(one) ? `, the fewest in case ${worst.case}: ${worst.agreed} of ${worst.total}` : "";
  const rate = Math.floor(1000 * rateOf(one)) / 10;
  return `${agreed} of ${total} ${counted}${from} ${WHOSE[one.with]}, ${rate} %${lowest}`;
}
