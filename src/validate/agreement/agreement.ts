import type { BoxPicture } from "../detection/box-picture.ts";
import { short } from "../output-report.ts";

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
  confident: number | null;
  /** The case with the lowest rate. */
  worst: { case: string; agreed: number; total: number } | null;
  /** Of a detector: boxes of both sides in the worst sample. */
  boxes: BoxPicture | null;
  /** Cases that could not be compared, and why. */
  problem: string | null;
}

/**
 * Below the first it is said. MMDeploy's own order of top-k and suppression keeps other boxes where a network is not
 * sure: next to none on a trained one, up to a fifth on a RetinaNet with random weights, more than half on such a
 * YOLOX, whose heads are equal. Boxes that are decoded wrongly agree in next to none: below the second.
 */
export const SAID = 0.98;
const REFUSED: Record<Agreement["what"], number> = {
  boxes: 0.2,
  rows: 0.5,
  places: 0.5,
};
/** With fewer decisions a low rate is chance. */
const ENOUGH = 8;

export function rateOf({
  agreed,
  total,
}: {
  agreed: number;
  total: number;
}): number {
  return total === 0 ? 1 : agreed / total;
}

export function isRefused(one: Agreement): boolean {
  return one.total >= ENOUGH && rateOf(one) < REFUSED[one.what];
}

const COUNTED = {
  boxes: "sure boxes of either side have a partner",
  rows: "rows have",
  places: "places have",
};
const WHOSE: Record<OwnResult, string> = {
  predict: "in the unpatched source model's own prediction",
  pipeline: "in the source's own pipeline from the picture",
};

/** `97 of 100 sure boxes (score ≥ 0.3) … (97 %)`. */
export function agreementText(one: Agreement): string {
  const { what, agreed, total, confident, worst, output } = one;
  if (total === 0) return `neither side is sure of any box ${WHOSE[one.with]}`;

  const counted =
    what === "boxes"
      ? COUNTED.boxes
      : `${COUNTED[what]} the same class in "${output}" as`;

  const from = confident === null ? "" : ` (score ≥ ${short(confident)})`;
  const lowest =
    worst && rateOf(worst) < rateOf(one)
      ? `, the fewest in case ${worst.case}: ${worst.agreed} of ${worst.total}`
      : "";

  const rate = Math.floor(1000 * rateOf(one)) / 10;

  return `${agreed} of ${total} ${counted}${from} ${WHOSE[one.with]}, ${rate} %${lowest}`;
}
