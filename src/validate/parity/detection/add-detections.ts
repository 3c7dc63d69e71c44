import {
  type Box,
  cornerDistance,
  isThin,
  readBoxes,
  scaleOf,
} from "../../detection/boxes.ts";
import type { KeepRule } from "../../detection/keep-rule.ts";
import { type Matching, matchBoxes } from "../../detection/match-boxes.ts";
import type { Tensor } from "../../evidence/tensor.ts";
import { NOISE_CAP } from "../float-rule.ts";
import {
  type DetectionAccumulator,
  imageKey,
  type LargestDifference,
} from "./detection-accumulator.ts";
import { addLabelShifts } from "./label-shifts.ts";
import { addMasks, type MaskSide } from "./masks.ts";
import type { BeforeNms } from "./nms-margin.ts";
import { unmatchedBoxes } from "./unmatched.ts";

/** The outputs of one side in one case. */
export interface Detections {
  dets: Tensor;
  labels: Tensor | null;
  masks: Tensor | null;
}

export interface DetectionCase {
  name: string;
  onnx: Detections;
  /** The source's, fp64 where there is one. */
  exact: Detections;
  /** The source's fp32 beside fp64, or computed in other ways: how far they are from `exact` is its noise. */
  noisy: Detections[];
  /** What reaches the suppression in fp64, where the references have it. */
  before: BeforeNms | null;
}

/** One side's boxes by image: all that were kept, and those of them that a device takes. */
interface Side {
  kept: Box[][];
  boxes: Box[][];
  notFinite: number;
  masks: MaskSide | null;
}

/** One image of one case. */
interface Place {
  case: string;
  image: number;
}

/**
 * Adds one case; returns false where the numbers of images differ. Boxes without area, which a device drops, are left
 * out on both sides: whether suppression keeps them is a division of nothing by nothing.
 */
export function addDetections(
  accumulator: DetectionAccumulator,
  keep: KeepRule,
  detectionCase: DetectionCase,
): boolean {
  const { name, onnx, exact, noisy, before } = detectionCase;
  const sides = {
    onnx: readSide(onnx, keep),
    source: readSide(exact, keep),
    noisy: noisy.map((side) => readSide(side, keep)),
  };
  if (sides.onnx.kept.length !== sides.source.kept.length) return false;

  accumulator.cases += 1;
  accumulator.notFinite += sides.onnx.notFinite;
  accumulator.sourceNotFinite += sides.noisy.reduce(
    (sum, { notFinite }) => sum + notFinite,
    sides.source.notFinite,
  );

  for (const image of sides.source.kept.keys())
    addImage(accumulator, { case: name, image }, sides, { before, keep });

  return true;
}

function readSide({ dets, labels, masks }: Detections, keep: KeepRule): Side {
  const { images, notFinite } = readBoxes(dets, labels);
  return {
    kept: images,
    boxes: keep.dropsEmpty
      ? images.map((boxes) => boxes.filter((box) => !isThin(box, 0)))
      : images,
    notFinite,
    masks: masks && { tensor: masks, rows: dets.dims.at(-2) ?? 0 },
  };
}

interface Sides {
  onnx: Side;
  source: Side;
  noisy: Side[];
}

function addImage(
  accumulator: DetectionAccumulator,
  place: Place,
  sides: Sides,
  rule: { before: BeforeNms | null; keep: KeepRule },
): void {
  const { image } = place;
  const source = sides.source.boxes[image] ?? [];
  const onnx = sides.onnx.boxes[image] ?? [];
  const scale = scaleOf(source);

  addSource(accumulator, source, scale);
  const noise = sides.noisy.map(({ boxes }) =>
    matchBoxes(boxes[image] ?? [], source, scale),
  );

  for (const [index, matching] of noise.entries())
    addNoise(accumulator, place, matching, [
      sides.noisy[index]?.masks ?? null,
      sides.source.masks,
    ]);

  addUnstable(
    accumulator,
    noise,
    rule.keep.dropsEmpty ? NOISE_CAP * scale : Number.NEGATIVE_INFINITY,
  );
  addLabelShifts(accumulator.shifts, onnx, source, scale);

  const match = matchBoxes(onnx, source, scale);
  addMatches(accumulator, place, match, [sides.onnx.masks, sides.source.masks]);

  const kept = sides.source.kept[image] ?? [];
  const found = unmatchedBoxes({
    ...place,
    ...rule,
    kept: { lowest: lowestScore(kept), count: kept.length },
    ...{ onnx, source, match, noise, scale },
  });
  accumulator.extra.push(...found.extra);
  accumulator.missing.push(...found.missing);

  const rooms =
    kept.length -
    source.length -
    ((sides.onnx.kept[image]?.length ?? 0) - onnx.length);
  if (rooms > 0) accumulator.rooms.set(imageKey(place), rooms);
}

function addSource(
  accumulator: DetectionAccumulator,
  boxes: readonly Box[],
  scale: number,
): void {
  const { corners, scores, labels } = accumulator;
  accumulator.imagesWithBoxes += Number(boxes.length > 0);
  accumulator.emptyImages += Number(boxes.length === 0);
  accumulator.boxes += boxes.length;
  corners.scale = Math.max(corners.scale, scale);

  for (const { score, label } of boxes) {
    labels.add(label);
    scores.scale = Math.max(scores.scale, score);
    accumulator.scoreRange = [
      Math.min(accumulator.scoreRange[0], score),
      Math.max(accumulator.scoreRange[1], score),
    ];
  }
}

/** Masks of both sides of a matching, where the outputs have some. */
type BothMasks = readonly [MaskSide | null, MaskSide | null];

function addNoise(
  { corners, scores, masks }: DetectionAccumulator,
  place: Place,
  { pairs }: Matching,
  [noisyMasks, sourceMasks]: BothMasks,
): void {
  for (const { left, right } of pairs) {
    corners.noise = Math.max(corners.noise, cornerDistance(left, right));
    scores.noise = Math.max(scores.noise, Math.abs(left.score - right.score));

    if (noisyMasks && sourceMasks)
      addMasks(
        masks,
        { of: "fp32", ...place },
        [noisyMasks, left],
        [sourceMasks, right],
      );
  }
}

/** Boxes of up to so many pixels do not count: whether they have area is a matter of rounding. */
function addUnstable(
  { unstable }: DetectionAccumulator,
  noise: readonly Matching[],
  thin: number,
): void {
  const most = (sides: readonly (readonly Box[])[]) =>
    sides
      .map((boxes) => boxes.filter((box) => !isThin(box, thin)).length)
      .reduce((largest, count) => Math.max(largest, count), 0);

  unstable.single += most(noise.map(({ onlyLeft }) => onlyLeft));
  unstable.exact += most(noise.map(({ onlyRight }) => onlyRight));
}

function addMatches(
  accumulator: DetectionAccumulator,
  place: Place,
  { pairs }: Matching,
  [onnxMasks, sourceMasks]: BothMasks,
): void {
  accumulator.matched += pairs.length;

  for (const { left: onnx, right: source } of pairs) {
    const worst = { ...place, onnx, source };
    note(accumulator.corners, cornerDistance(onnx, source), worst);
    note(accumulator.scores, Math.abs(onnx.score - source.score), worst);

    if (onnxMasks && sourceMasks)
      addMasks(
        accumulator.masks,
        { of: "onnx", ...place },
        [onnxMasks, onnx],
        [sourceMasks, source],
      );
  }
}

function note(
  largest: LargestDifference,
  error: number,
  worst: LargestDifference["worst"],
): void {
  if (error > largest.error || !largest.worst)
    Object.assign(largest, { error, worst });
}

function lowestScore(boxes: readonly Box[]): number {
  return boxes.reduce(
    (least, { score }) => Math.min(least, score),
    Number.POSITIVE_INFINITY,
  );
}
