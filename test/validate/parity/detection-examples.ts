import { STRICT } from "../../../src/config/policy.ts";
import {
  addDetections,
  type Detections,
} from "../../../src/validate/parity/detection/add-detections.ts";
import { createDetectionAccumulator } from "../../../src/validate/parity/detection/detection-accumulator.ts";
import type { DetectionPlan } from "../../../src/validate/parity/detection/detection-plan.ts";
import { reportDetections } from "../../../src/validate/parity/detection/detection-report.ts";
import type { BeforeNms } from "../../../src/validate/parity/detection/nms-margin.ts";
import { random } from "../../support/random.ts";

export type Row = [
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  score: number,
  label: number,
];
export type Change = (rows: Row[], image: number) => Row[];

const rng = random(3);
export const same: Change = (rows) => rows;
export const each =
  (change: (row: Row) => Row): Change =>
  (rows) =>
    rows.map((row) => change([...row]));
export const jitter = (pixels: number, score: number): Change =>
  each(([x1, y1, x2, y2, s, label]) => {
    const by = () => pixels * rng.normal();
    return [
      x1 + by(),
      y1 + by(),
      x2 + by(),
      y2 + by(),
      s + score * rng.normal(),
      label,
    ];
  });

/** Boxes far apart on a 640-pixel picture, with clear scores and four labels. */
export function picture(image: number, count = 12): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const [x, y] = [
      20 + 150 * (index % 4),
      20 + 120 * Math.floor(index / 4) + image,
    ];
    return [x, y, x + 60 + 5 * index, y + 50, 0.95 - 0.06 * index, index % 4];
  });
}

export function detections(images: Row[][]): Detections {
  const rows = Math.max(...images.map((each) => each.length), 1);
  const dets = new Float64Array(images.length * rows * 5);
  const labels = new Float64Array(images.length * rows).fill(-1);
  for (const [image, list] of images.entries())
    for (const [row, values] of list.entries()) {
      dets.set(values.slice(0, 5), (image * rows + row) * 5);
      labels[image * rows + row] = values[5];
    }
  return {
    dets: { dtype: "float64", dims: [images.length, rows, 5], data: dets },
    labels: { dtype: "int64", dims: [images.length, rows], data: labels },
    masks: null,
  };
}

export const KEEP = {
  scoreThreshold: null,
  maxBoxes: null,
  preTopK: null,
  nmsIou: null,
  classAgnostic: false,
  dropsEmpty: true,
};
export const PLAN: DetectionPlan = {
  dets: "dets",
  labels: "labels",
  masks: null,
  keep: KEEP,
  classes: null,
  evidence: "fp64",
  tolerance: STRICT.tolerance,
};

export interface Example {
  fp32?: Change;
  onnx: Change;
  images?: Row[][];
  plan?: Partial<DetectionPlan>;
  /** What reaches the suppression, from the boxes that it keeps. */
  before?: (kept: Row[]) => BeforeNms;
}

export function judge({
  fp32 = jitter(2e-5, 1e-7),
  onnx,
  images = [picture(0), picture(1), []],
  plan,
  before,
}: Example) {
  const accumulator = createDetectionAccumulator();
  for (const [index, rows] of images.entries())
    addDetections(accumulator, { ...PLAN, ...plan }.keep, {
      name: `case-${index}`,
      onnx: detections([onnx(rows, index)]),
      exact: detections([rows]),
      noisy: [detections([fp32(rows, index)])],
      before: before?.(rows) ?? null,
    });
  return reportDetections(
    { ...PLAN, ...plan },
    { shape: [1, 12, 5], dtype: "float32" },
    accumulator,
  );
}

export const without =
  (at: number): Change =>
  (rows) =>
    rows.filter((_, index) => index !== at);

/** 300 boxes, so that one that fp32 loses is below 1 %. */
export function many(): Row[][] {
  return Array.from({ length: 25 }, (_, image) => picture(image));
}
