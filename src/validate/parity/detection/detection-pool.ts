import type { Tensor } from "../../tensor.ts";
import { type Box, cornerDistance, readBoxes } from "./boxes.ts";
import { addMasks, createMaskPool, type MaskPool, type MaskSide } from "./masks.ts";
import { type Matching, matchBoxes } from "./match-boxes.ts";

/** The outputs of one side in one case. */
export interface Detections {
  dets: Tensor;
  labels: Tensor | null;
  masks: Tensor | null;
}

export interface DetectionCase {
  name: string;
  onnx: Detections;
  fp32: Detections | null;
  fp64: Detections | null;
}

/** A box that has no partner on the other side. */
export interface Unmatched {
  case: string;
  image: number;
  box: Box;
  /** Lowest score that the source kept in this image, and how many boxes: for the cut at the best k. */
  kept: { lowest: number; count: number };
  /** The source's own fp32 differs from its fp64 by the same box. */
  alsoFp32: boolean;
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
export interface DetectionPool {
  cases: number;
  casesWithBoxes: number;
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
  /** Boxes that fp32 and fp64 of the source do not share. */
  unsteady: number;
  /** Only in the ONNX, only in the source. */
  extra: Unmatched[];
  missing: Unmatched[];
  labels: Set<number>;
  masks: MaskPool;
}

export function createDetectionPool(): DetectionPool {
  const extreme = (): Extreme => ({ error: 0, noise: 0, scale: 0, worst: null });
  return {
    cases: 0,
    casesWithBoxes: 0,
    images: 0,
    emptyImages: 0,
    boxes: 0,
    matched: 0,
    notFinite: 0,
    sourceNotFinite: 0,
    corners: extreme(),
    scores: extreme(),
    scoreRange: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    unsteady: 0,
    extra: [],
    missing: [],
    labels: new Set(),
    masks: createMaskPool(),
  };
}

/** Adds one case; returns false where the numbers of images differ. */
export function addDetections(pool: DetectionPool, { name, onnx, fp32, fp64 }: DetectionCase): boolean {
  const exact = fp64 ?? fp32;
  if (!exact) return true;
  const got = readBoxes(onnx.dets, onnx.labels);
  const source = readBoxes(exact.dets, exact.labels);
  const noisy = fp64 && fp32 ? readBoxes(fp32.dets, fp32.labels) : null;
  if (got.images.length !== source.images.length) return false;
  pool.cases += 1;
  pool.casesWithBoxes += Number(source.images.some((boxes) => boxes.length > 0));
  pool.notFinite += got.notFinite;
  pool.sourceNotFinite += source.notFinite + (noisy?.notFinite ?? 0);
  for (const [image, boxes] of source.images.entries()) {
    const single = noisy?.images[image] ?? null;
    const masks = { onnx: maskSide(onnx), fp32: fp64 ? maskSide(fp32) : null, fp64: maskSide(exact) };
    addImage(pool, { name, image, got: got.images[image] ?? [], boxes, single, masks });
  }
  return true;
}

interface OneImage {
  name: string;
  image: number;
  got: Box[];
  boxes: Box[];
  single: Box[] | null;
  masks: Record<"onnx" | "fp32" | "fp64", MaskSide | null>;
}

function maskSide(side: Detections | null): MaskSide | null {
  return side?.masks ? { tensor: side.masks, rows: side.dets.dims.at(-2) ?? 0 } : null;
}

function addImage(pool: DetectionPool, one: OneImage): void {
  const { name, image, got, boxes, single, masks } = one;
  const scale = boxes.reduce((most, { corners }) => Math.max(most, ...corners.map(Math.abs)), 0);
  pool.images += 1;
  pool.emptyImages += Number(boxes.length === 0);
  pool.boxes += boxes.length;
  pool.corners.scale = Math.max(pool.corners.scale, scale);
  for (const { score, label } of boxes) {
    pool.labels.add(label);
    pool.scores.scale = Math.max(pool.scores.scale, score);
    pool.scoreRange = [Math.min(pool.scoreRange[0], score), Math.max(pool.scoreRange[1], score)];
  }
  const noise = single ? matchBoxes(single, boxes, scale) : null;
  for (const { one: noisy, other } of noise?.pairs ?? []) {
    pool.corners.noise = Math.max(pool.corners.noise, cornerDistance(noisy, other));
    pool.scores.noise = Math.max(pool.scores.noise, Math.abs(noisy.score - other.score));
    if (masks.fp32 && masks.fp64)
      addMasks(pool.masks, "fp32", { case: name, image }, [masks.fp32, noisy], [masks.fp64, other]);
  }
  pool.unsteady += (noise?.onlyOne.length ?? 0) + (noise?.onlyOther.length ?? 0);
  const match = matchBoxes(got, boxes, scale);
  pool.matched += match.pairs.length;
  for (const pair of match.pairs) {
    addPair(pool, name, image, pair.one, pair.other);
    if (masks.onnx && masks.fp64)
      addMasks(pool.masks, "onnx", { case: name, image }, [masks.onnx, pair.one], [masks.fp64, pair.other]);
  }
  addUnmatched(pool, one, match, noise, scale);
}

function addPair(pool: DetectionPool, name: string, image: number, onnx: Box, source: Box): void {
  const worst = { case: name, image, onnx, source };
  const apart = cornerDistance(onnx, source);
  if (apart > pool.corners.error || !pool.corners.worst) Object.assign(pool.corners, { error: apart, worst });
  const differs = Math.abs(onnx.score - source.score);
  if (differs > pool.scores.error || !pool.scores.worst) Object.assign(pool.scores, { error: differs, worst });
}

function addUnmatched(
  pool: DetectionPool,
  { name, image, got, boxes }: OneImage,
  match: Matching,
  noise: Matching | null,
  scale: number,
): void {
  const lowest = boxes.reduce((least, { score }) => Math.min(least, score), Number.POSITIVE_INFINITY);
  const kept = { lowest, count: boxes.length };
  const shared = noise ? matchBoxes(match.onlyOne, noise.onlyOne, scale).pairs.map(({ one }) => one) : [];
  const place = { case: name, image, kept };
  for (const box of match.onlyOne)
    pool.extra.push({ ...place, box, alsoFp32: shared.includes(box), nearest: nearestOf(box, boxes) });
  for (const box of match.onlyOther)
    pool.missing.push({
      ...place,
      box,
      alsoFp32: noise?.onlyOther.includes(box) ?? false,
      nearest: nearestOf(box, got),
    });
}

function nearestOf(box: Box, others: readonly Box[]): Unmatched["nearest"] {
  return others.reduce<Unmatched["nearest"]>((best, other) => {
    const distance = cornerDistance(box, other);
    return best === null || distance < best.distance ? { box: other, distance } : best;
  }, null);
}
