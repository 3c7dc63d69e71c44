import type { Box } from "../../detection/boxes.ts";
import {
  isFloat,
  numbersOf,
  sameShape,
  shapeText,
  type Tensor,
} from "../../evidence/tensor.ts";
import { emptyReport, type OutputReport, short } from "../../output-report.ts";
import { ulp } from "../channels.ts";
import { FACTOR, UNIT_FLOOR } from "../float-rule.ts";

/** A mask may lose this part of its area where it is binary: a pixel at the edge turns over. */
const SAME_AREA = 0.99;

/** Masks of matched boxes: values where they are floats, areas where they are binary. */
export interface MaskAccumulator {
  dtype: string;
  shape: number[];
  pairs: number;
  error: number;
  noise: number;
  scale: number;
  least: number;
  /** Smallest intersection over union, against fp64, of the ONNX and of fp32. */
  iou: number;
  sourceIou: number;
  problem: string | null;
  worst: { case: string; image: number; row: number } | null;
}

export function createMaskAccumulator(): MaskAccumulator {
  const empty = {
    dtype: "",
    shape: [],
    pairs: 0,
    error: 0,
    noise: 0,
    scale: 0,
    least: 0,
    iou: 1,
    sourceIou: 1,
  };
  return { ...empty, problem: null, worst: null };
}

/** One mask for each row of the boxes. */
export interface MaskSide {
  tensor: Tensor;
  /** Rows of boxes an image. */
  rows: number;
}

/** Whose masks they are, against fp64, and where. */
interface MaskPlace {
  of: "onnx" | "fp32";
  case: string;
  image: number;
}

/** Adds the masks of two boxes that are one. */
export function addMasks(
  accumulator: MaskAccumulator,
  place: MaskPlace,
  [side, box]: readonly [MaskSide, Box],
  [exact, other]: readonly [MaskSide, Box],
): void {
  const { of, image } = place;
  const [a, b] = [
    maskOf(side, image, box.row),
    maskOf(exact, image, other.row),
  ];

  if (!sameShape(a.dims, b.dims)) {
    if (of === "onnx")
      accumulator.problem ??= `a mask has ${shapeText(a.dims)} in the ONNX model and ${shapeText(b.dims)} in the source`;
    return;
  }

  if (of === "onnx") {
    accumulator.pairs += 1;
    accumulator.dtype = side.tensor.dtype;
    accumulator.shape = side.tensor.dims;
  }

  if (isFloat(side.tensor.dtype))
    addValues(
      accumulator,
      { ...place, row: box.row },
      numbersOf(a),
      numbersOf(b),
    );
  else addAreas(accumulator, of, numbersOf(a), numbersOf(b));
}

function maskOf(
  { tensor, rows }: MaskSide,
  image: number,
  row: number,
): Tensor {
  const dims = tensor.dims.slice(-2);
  const size = dims.reduce((product, dim) => product * dim, 1);
  const from = (image * rows + row) * size;

  return { ...tensor, dims, data: tensor.data.subarray(from, from + size) };
}

function addValues(
  accumulator: MaskAccumulator,
  { of, case: name, image, row }: MaskPlace & { row: number },
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): void {
  for (let at = 0; at < b.length; at++) {
    const [x, y] = [a[at] as number, b[at] as number];
    const apart = Math.abs(x - y);

    if (of === "fp32")
      accumulator.noise = Math.max(
        accumulator.noise,
        Number.isFinite(apart) ? apart : 0,
      );
    else if (!Number.isFinite(apart))
      accumulator.problem ??= "a mask contains NaN or infinity";
    else if (apart > accumulator.error || !accumulator.worst) {
      accumulator.error = apart;
      accumulator.worst = { case: name, image, row };
    }

    accumulator.scale = Math.max(accumulator.scale, Math.abs(y));
    accumulator.least = Math.min(accumulator.least, y);
  }
}

function addAreas(
  accumulator: MaskAccumulator,
  of: "onnx" | "fp32",
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): void {
  let both = 0;
  let any = 0;

  for (let at = 0; at < b.length; at++) {
    both += Number(a[at] !== 0 && b[at] !== 0);
    any += Number(a[at] !== 0 || b[at] !== 0);
  }

  const iou = any === 0 ? 1 : both / any;
  if (of === "onnx") accumulator.iou = Math.min(accumulator.iou, iou);
  else accumulator.sourceIou = Math.min(accumulator.sourceIou, iou);
}

/** The report on the masks; whether there are enough boxes is said by that on the boxes. */
export function reportMasks(
  name: string,
  accumulator: MaskAccumulator,
): OutputReport {
  const unit = accumulator.least >= 0 && accumulator.scale <= 1;
  const noise = Math.max(
    accumulator.noise,
    unit ? UNIT_FLOOR : 4 * ulp(accumulator.scale, "float32"),
  );

  const report: OutputReport = {
    ...emptyReport(name, accumulator.dtype, accumulator.shape),
    rule: "detections",
    values: accumulator.pairs,
    max_abs: accumulator.error,
    noise,
    tolerance: FACTOR * noise,
  };

  const wrong = (why: string): OutputReport => ({
    ...report,
    status: "fail",
    kind: "wrong",
    message: `masks "${name}": ${why}`,
  });
  if (accumulator.problem) return wrong(accumulator.problem);

  if (accumulator.error > FACTOR * noise) {
    const where = accumulator.worst
      ? ` (box ${accumulator.worst.row} of image ${accumulator.worst.image}, case ${accumulator.worst.case})`
      : "";
    return wrong(
      `a value differs by ${short(accumulator.error)}${where}, ${short(accumulator.error / noise)} times what rounding explains`,
    );
  }

  if (accumulator.iou < Math.min(SAME_AREA, accumulator.sourceIou))
    return wrong(
      `a mask overlaps the source's by only ${short(100 * accumulator.iou)} %`,
    );

  return {
    ...report,
    message: `the masks "${name}" of ${accumulator.pairs} boxes match the source's`,
  };
}
