import type { BoxPicture } from "../detection/box-picture.ts";
import { short } from "../output-report.ts";

/** Whose result the edge model's is compared with: on the same tensor, or from the picture through the whole pipeline. */
export type OwnResult = "predict" | "pipeline";

/** How often the edge model decides as the unpatched source model. */
export interface Agreement {
  with: OwnResult;
  output: string;
  /** What is counted: boxes, the numbers and masks of boxes that have a match, rows, places. */
  what: "boxes" | "values" | "masks" | "rows" | "places";
  agreed: number;
  total: number;
  /** Boxes count from this score on. */
  confident: number | null;
  /** The case with the lowest rate. */
  worst: { case: string; agreed: number; total: number } | null;
  /** Of a detector: boxes of both sides in the worst sample. */
  boxes: BoxPicture | null;
  /** Of a detector: the setting by which most boxes that have no match were chosen, as the boxes show it. */
  cause: string | null;
  /** Cases that could not be compared, and why. */
  problem: string | null;
}

/** Below this rate it is said; trained models agree in 97 % and more. */
export const SAID = 0.98;

/**
 * What is no more chance: a systematic difference of decisions. `right` is the lowest rate of a right model that was
 * measured: 87 % of the boxes, of a RetinaNet with random weights that is sure of little; 98 % of classes. Wrong ones
 * were at 58 % (one suppression for all classes) and 52 % (no sliding window) of all decisions. `most` lies between.
 */
const LIMITS: Record<Agreement["what"], { right: number; most: number }> = {
  boxes: { right: 0.87, most: 0.75 },
  values: { right: 0.98, most: 0.9 },
  masks: { right: 0.98, most: 0.9 },
  rows: { right: 0.98, most: 0.9 },
  places: { right: 0.98, most: 0.9 },
};
/** With fewer decisions any rate is chance. */
const ENOUGH = 8;
const DEVIATIONS = 3;

/** How many decisions there are, and in how many both sides agree. */
export interface Count {
  agreed: number;
  total: number;
}

export const NONE: Count = { agreed: 0, total: 0 };

export function sumOf(counts: readonly Count[]): Count {
  return {
    agreed: counts.reduce((sum, { agreed }) => sum + agreed, 0),
    total: counts.reduce((sum, { total }) => sum + total, 0),
  };
}

export function rateOf({ agreed, total }: Count): number {
  return total === 0 ? 1 : agreed / total;
}

/** The two decide systematically otherwise: by more than right models do, and by more than chance does. */
export function isRefused(agreement: Agreement): boolean {
  const { total, what } = agreement;
  return total >= ENOUGH && rateOf(agreement) < refusedBelow(what, total);
}

/** The rate below which so many decisions are refused. */
export function refusedBelow(what: Agreement["what"], total: number): number {
  const { right, most } = LIMITS[what];
  // A box and its match are counted on both sides, and are one decision.
  const decisions = what === "boxes" ? total / 2 : total;
  const chance = DEVIATIONS * Math.sqrt((right * (1 - right)) / decisions);

  return Math.min(most, right - chance);
}

const COUNTED = {
  boxes: "confident boxes match",
  values: "boxes that have a match have its score and corners",
  masks: "boxes that have a match have its mask",
  rows: "rows have",
  places: "places have",
};
const WHOSE: Record<OwnResult, string> = {
  predict: "in the unpatched source model's own prediction",
  pipeline: "in the source's own pipeline from the picture",
};

/** `97 of 100 confident boxes (score ≥ 0.3) … (97 %)`. */
export function agreementText(agreement: Agreement): string {
  const { what, agreed, total, confident, worst, output, cause } = agreement;
  const whose = WHOSE[agreement.with];
  if (total === 0) return `neither side is confident of any box ${whose}`;

  const counted =
    what === "rows" || what === "places"
      ? `${COUNTED[what]} the same class in "${output}" as`
      : COUNTED[what];

  const from = confident === null ? "" : ` (score ≥ ${short(confident)})`;
  const lowest =
    worst && rateOf(worst) < rateOf(agreement)
      ? `, the fewest in case ${worst.case}: ${worst.agreed} of ${worst.total}`
      : "";

  const rate = Math.floor(1000 * rateOf(agreement)) / 10;
  const why = cause === null ? "" : `; ${cause}`;

  return `${agreed} of ${total} ${counted}${from} ${whose}, ${rate} %${lowest}${why}`;
}

/** An agreement of which nothing is counted yet. */
export function emptyAgreement(
  own: OwnResult,
  output: string,
  what: Agreement["what"],
): Agreement {
  return {
    with: own,
    output,
    what,
    agreed: 0,
    total: 0,
    confident: null,
    worst: null,
    boxes: null,
    cause: null,
    problem: null,
  };
}

/** Adds what was counted in one case. */
export function addCount(
  agreement: Agreement,
  name: string,
  { agreed, total }: Count,
): void {
  agreement.agreed += agreed;
  agreement.total += total;

  const { worst } = agreement;
  if (total > 0 && (!worst || rateOf({ agreed, total }) < rateOf(worst)))
    agreement.worst = { case: name, agreed, total };
}
