import type { Box } from "../../detection/boxes.ts";
import { createMaskAccumulator, type MaskAccumulator } from "./masks.ts";
import type { Unmatched } from "./unmatched.ts";

/** Largest difference of one kind of value, and the pair that has it. */
export interface LargestDifference {
  error: number;
  noise: number;
  scale: number;
  worst: { case: string; image: number; onnx: Box; source: Box } | null;
}

/** All cases of a detector; corners are one channel, scores another. */
export interface DetectionAccumulator {
  cases: number;
  /** Pictures, not of extreme inputs, in which the source has boxes. */
  imagesWithBoxes: number;
  /** Pictures of all inputs in which it has none. */
  emptyImages: number;
  /** Boxes of the source, and those of them that have a match. */
  boxes: number;
  matched: number;
  notFinite: number;
  sourceNotFinite: number;
  corners: LargestDifference;
  scores: LargestDifference;
  scoreRange: [number, number];
  /** Boxes that the source's own noise does not share: those of fp32, and those of fp64, that have no match. */
  unstable: { single: number; exact: number };
  /** How often a box of the ONNX has a label that is this much above that of the source's box in its place. */
  shifts: Map<number, number>;
  /** Only in the ONNX, only in the source. */
  extra: Unmatched[];
  missing: Unmatched[];
  /** By `imageKey`: rows without area that the source keeps and the ONNX does not, whose room other boxes may take. */
  rooms: Map<string, number>;
  labels: Set<number>;
  masks: MaskAccumulator;
}

export function createDetectionAccumulator(): DetectionAccumulator {
  const none = (): LargestDifference => ({
    error: 0,
    noise: 0,
    scale: 0,
    worst: null,
  });

  return {
    cases: 0,
    imagesWithBoxes: 0,
    emptyImages: 0,
    boxes: 0,
    matched: 0,
    notFinite: 0,
    sourceNotFinite: 0,
    corners: none(),
    scores: none(),
    scoreRange: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    unstable: { single: 0, exact: 0 },
    shifts: new Map(),
    extra: [],
    missing: [],
    rooms: new Map(),
    labels: new Set(),
    masks: createMaskAccumulator(),
  };
}

/** One image of one case. */
export function imageKey(place: { case: string; image: number }): string {
  return `${place.image} ${place.case}`;
}
