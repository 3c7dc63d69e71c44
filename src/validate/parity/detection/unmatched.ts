import { type Box, cornerDistance } from "../../detection/boxes.ts";
import type { KeepRule } from "../../detection/keep-rule.ts";
import { type Matching, matchBoxes } from "../../detection/match-boxes.ts";
import { type BeforeNms, type NmsMargin, nmsMargins } from "./nms-margin.ts";

/** A box that has no match on the other side. */
export interface Unmatched {
  case: string;
  image: number;
  box: Box;
  /** Lowest score that the source kept in this image, and how many boxes: for the cut at the best k. */
  kept: { lowest: number; count: number };
  /** The references have what reaches the suppression. */
  hasBefore: boolean;
  /** How near the box is to being kept by it; null where it is not known. */
  margin: NmsMargin | null;
  /** The source's own noise loses or adds the same box. */
  alsoSource: boolean;
  /** The other side's boxes of this image. */
  others: readonly Box[];
}

/** One image's boxes on both sides, and how they match. */
export interface MatchedImage {
  case: string;
  image: number;
  kept: Unmatched["kept"];
  onnx: readonly Box[];
  source: readonly Box[];
  match: Matching;
  /** The source's own: single precision, or other ways to compute it, beside `source`. */
  noise: readonly Matching[];
  before: BeforeNms | null;
  keep: KeepRule;
  /** Largest coordinate. */
  scale: number;
}

/** The boxes that are only in the ONNX, and those only in the source. */
export function unmatchedBoxes(of: MatchedImage): {
  extra: Unmatched[];
  missing: Unmatched[];
} {
  const { onnx, source, match, noise, before, keep, scale } = of;
  const marginOf = before
    ? nmsMargins(of.image, before, keep, [...source, ...onnx])
    : () => null;

  const place = {
    case: of.case,
    image: of.image,
    kept: of.kept,
    hasBefore: before !== null,
  };

  const added = new Set(
    noise.flatMap(({ onlyLeft }) =>
      matchBoxes(match.onlyLeft, onlyLeft, scale).pairs.map(({ left }) => left),
    ),
  );

  const lost = new Set(noise.flatMap(({ onlyRight }) => onlyRight));

  return {
    extra: match.onlyLeft.map((box) => ({
      ...place,
      box,
      margin: marginOf(box),
      alsoSource: added.has(box),
      others: source,
    })),
    missing: match.onlyRight.map((box) => ({
      ...place,
      box,
      margin: marginOf(box),
      alsoSource: lost.has(box),
      others: onnx,
    })),
  };
}

/** The box of the other side, of whatever label, that lies nearest; null where there is none. */
export function nearestOf({ box, others }: Unmatched): {
  box: Box;
  distance: number;
} | null {
  return others.reduce<{ box: Box; distance: number } | null>((best, other) => {
    const distance = cornerDistance(box, other);
    return best === null || distance < best.distance
      ? { box: other, distance }
      : best;
  }, null);
}
