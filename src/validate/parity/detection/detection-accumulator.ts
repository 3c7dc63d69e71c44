import { type Box, cornerDistance, readBoxes } from "../../detection/boxes.ts";
import type { KeepRule } from "../../detection/keep-rule.ts";
import { type Matching, matchBoxes } from "../../detection/match-boxes.ts";
import type { Tensor } from "../../evidence/tensor.ts";
import {
  addMasks,
  createMaskAccumulator,
  type MaskAccumulator,
  type MaskSide,
} from "./masks.ts";
import { type BeforeNms, type NmsMargin, nmsMargin } from "./nms-margin.ts";

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

/** A box that has no partner on the other side. */
export interface Unmatched {
  case: string;
  image: number;
  box: Box;
  /** Lowest score that the source kept in this image, and how many boxes: for the cut at the best k. */
  kept: { lowest: number; count: number };
  /** The references have what reaches the suppression, and how near the box is to being kept by it; null if not at all. */
  explained: boolean;
  edge: NmsMargin | null;
  /** The source's own noise loses or adds the same box. */
  alsoSource: boolean;
  /** The box of another label, or farther away, that is nearest. */
  nearest: { box: Box; distance: number } | null;
}

/** Largest difference of one kind of value, and the pair that has it. */
interface Extreme {
  error: number;
  noise: number;
  scale: number;
  worst: { case: string; image: number; onnx: Box; source: Box } | null;
}

/** All cases of a detector; corners are one channel, scores another. */
export interface DetectionAccumulator {
  cases: number;
  images: number;
  emptyImages: number;
  /** Boxes of the source, and those of them that have a partner. */
  boxes: number;
  matched: number;
  notFinite: number;
  sourceNotFinite: number;
  corners: Extreme;
  scores: Extreme;
  scoreRange: [number, number];
  /** Boxes that the source's own noise does not share: those of fp32, and those of fp64, that have no partner. */
  unsteady: { single: number; exact: number };
  /** How often a box of the ONNX has a label that is this much above that of the source's box in its place. */
  shifts: Map<number, number>;
  /** Only in the ONNX, only in the source. */
  extra: Unmatched[];
  missing: Unmatched[];
  labels: Set<number>;
  masks: MaskAccumulator;
}

/** Part of the scale, plus difference of the scores, within which a box and another are one but for the label. */
const TWIN = 1e-3;

export function createDetectionAccumulator(): DetectionAccumulator {
  const extreme = (): Extreme => ({
    error: 0,
    noise: 0,
    scale: 0,
    worst: null,
  });
  return {
    cases: 0,
    images: 0,
    emptyImages: 0,
    boxes: 0,
    matched: 0,
    notFinite: 0,
    sourceNotFinite: 0,
    corners: extreme(),
    scores: extreme(),
    scoreRange: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    unsteady: { single: 0, exact: 0 },
    shifts: new Map(),
    extra: [],
    missing: [],
    labels: new Set(),
    masks: createMaskAccumulator(),
  };
}

/** Adds one case; returns false where the numbers of images differ. */
export function addDetections(
  accumulator: DetectionAccumulator,
  keep: KeepRule,
  one: DetectionCase,
): boolean {
  const { name, onnx, exact, noisy, before } = one;
  const got = readBoxes(onnx.dets, onnx.labels);
  const source = readBoxes(exact.dets, exact.labels);
  const others = noisy.map(({ dets, labels }) => readBoxes(dets, labels));
  if (got.images.length !== source.images.length) return false;

  accumulator.cases += 1;
  accumulator.notFinite += got.notFinite;
  accumulator.sourceNotFinite += others.reduce(
    (sum, { notFinite }) => sum + notFinite,
    source.notFinite,
  );

  for (const [image, boxes] of source.images.entries()) {
    const single = others.map(({ images }) => images[image] ?? []);
    const masks = {
      onnx: maskSide(onnx),
      noisy: noisy.map(maskSide),
      exact: maskSide(exact),
    };

    addImage(accumulator, {
      name,
      image,
      got: got.images[image] ?? [],
      boxes,
      single,
      masks,
      before,
      keep,
    });
  }

  return true;
}

interface OneImage {
  name: string;
  image: number;
  got: Box[];
  boxes: Box[];
  single: Box[][];
  masks: {
    onnx: MaskSide | null;
    noisy: (MaskSide | null)[];
    exact: MaskSide | null;
  };
  before: BeforeNms | null;
  keep: KeepRule;
}

function maskSide(side: Detections): MaskSide | null {
  return side.masks
    ? { tensor: side.masks, rows: side.dets.dims.at(-2) ?? 0 }
    : null;
}

function addImage(accumulator: DetectionAccumulator, one: OneImage): void {
  const { name, image, got, boxes, single, masks } = one;
  const scale = boxes.reduce(
    (most, { corners }) => Math.max(most, ...corners.map(Math.abs)),
    0,
  );

  accumulator.images += 1;
  accumulator.emptyImages += Number(boxes.length === 0);
  accumulator.boxes += boxes.length;
  accumulator.corners.scale = Math.max(accumulator.corners.scale, scale);

  for (const { score, label } of boxes) {
    accumulator.labels.add(label);
    accumulator.scores.scale = Math.max(accumulator.scores.scale, score);
    accumulator.scoreRange = [
      Math.min(accumulator.scoreRange[0], score),
      Math.max(accumulator.scoreRange[1], score),
    ];
  }

  const noise = single.map((list) => matchBoxes(list, boxes, scale));
  for (const [index, { pairs }] of noise.entries())
    for (const { one: noisy, other } of pairs) {
      accumulator.corners.noise = Math.max(
        accumulator.corners.noise,
        cornerDistance(noisy, other),
      );
      accumulator.scores.noise = Math.max(
        accumulator.scores.noise,
        Math.abs(noisy.score - other.score),
      );
      const mask = masks.noisy[index];
      if (mask && masks.exact)
        addMasks(
          accumulator.masks,
          "fp32",
          { case: name, image },
          [mask, noisy],
          [masks.exact, other],
        );
    }

  accumulator.unsteady.single += Math.max(
    0,
    ...noise.map(({ onlyOne }) => onlyOne.length),
  );
  accumulator.unsteady.exact += Math.max(
    0,
    ...noise.map(({ onlyOther }) => onlyOther.length),
  );

  for (const box of got) {
    const twin = twinOf(box, boxes, scale);
    if (twin)
      accumulator.shifts.set(
        box.label - twin.label,
        (accumulator.shifts.get(box.label - twin.label) ?? 0) + 1,
      );
  }

  const match = matchBoxes(got, boxes, scale);
  accumulator.matched += match.pairs.length;

  for (const pair of match.pairs) {
    addPair(accumulator, name, image, pair.one, pair.other);
    if (masks.onnx && masks.exact)
      addMasks(
        accumulator.masks,
        "onnx",
        { case: name, image },
        [masks.onnx, pair.one],
        [masks.exact, pair.other],
      );
  }

  addUnmatched(accumulator, one, match, noise, scale);
}

function addPair(
  accumulator: DetectionAccumulator,
  name: string,
  image: number,
  onnx: Box,
  source: Box,
): void {
  const worst = { case: name, image, onnx, source };
  const apart = cornerDistance(onnx, source);
  if (apart > accumulator.corners.error || !accumulator.corners.worst)
    Object.assign(accumulator.corners, { error: apart, worst });

  const differs = Math.abs(onnx.score - source.score);
  if (differs > accumulator.scores.error || !accumulator.scores.worst)
    Object.assign(accumulator.scores, { error: differs, worst });
}

function addUnmatched(
  accumulator: DetectionAccumulator,
  { name, image, got, boxes, before, keep }: OneImage,
  match: Matching,
  noise: readonly Matching[],
  scale: number,
): void {
  const lowest = boxes.reduce(
    (least, { score }) => Math.min(least, score),
    Number.POSITIVE_INFINITY,
  );

  const kept = { lowest, count: boxes.length };
  const shared = noise.flatMap(({ onlyOne }) =>
    matchBoxes(match.onlyOne, onlyOne, scale).pairs.map(({ one }) => one),
  );

  const place = { case: name, image, kept, explained: before !== null };
  const rivals = [...boxes, ...got];
  const edge = (box: Box) =>
    before && nmsMargin(box, image, before, keep, rivals);

  for (const box of match.onlyOne)
    accumulator.extra.push({
      ...place,
      box,
      edge: edge(box),
      alsoSource: shared.includes(box),
      nearest: nearestOf(box, boxes),
    });

  for (const box of match.onlyOther)
    accumulator.missing.push({
      ...place,
      box,
      edge: edge(box),
      alsoSource: noise.some(({ onlyOther }) => onlyOther.includes(box)),
      nearest: nearestOf(box, got),
    });
}

/** The box of whatever label that lies in the same place and has the same score. */
function twinOf(box: Box, others: readonly Box[], scale: number): Box | null {
  const gap = (other: Box) =>
    cornerDistance(box, other) / (scale || 1) +
    Math.abs(box.score - other.score);

  let best: Box | null = null;

  for (const other of others)
    if (gap(other) < TWIN && (best === null || gap(other) < gap(best)))
      best = other;

  return best;
}

function nearestOf(box: Box, others: readonly Box[]): Unmatched["nearest"] {
  return others.reduce<Unmatched["nearest"]>((best, other) => {
    const distance = cornerDistance(box, other);
    return best === null || distance < best.distance
      ? { box: other, distance }
      : best;
  }, null);
}
