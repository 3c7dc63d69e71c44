import { emptyReport, type OutputReport, short } from "../../output-report.ts";
import { isFloat, numbersOf, sameShape, shapeText, type Tensor } from "../../evidence/tensor.ts";
import { ulp } from "../channels.ts";
import { FACTOR, UNIT_FLOOR } from "../float-rule.ts";
import type { Box } from "./boxes.ts";

/** A mask may lose this part of its area where it is binary: a pixel at the edge turns over. */
const SAME_AREA = 0.99;

/** Masks of matched boxes: values where they are floats, areas where they are binary. */
export interface MaskPool {
  dtype: string;
  shape: number[];
  pairs: number;
  error: number;
  noise: number;
  scale: number;
  least: number;
  /** Smallest intersection over union, against fp64, of the ONNX and of fp32. */
  overlap: number;
  sourceOverlap: number;
  problem: string | null;
  worst: { case: string; image: number; row: number } | null;
}

export function createMaskPool(): MaskPool {
  const empty = {
    dtype: "",
    shape: [],
    pairs: 0,
    error: 0,
    noise: 0,
    scale: 0,
    least: 0,
    overlap: 1,
    sourceOverlap: 1,
  };
  return { ...empty, problem: null, worst: null };
}

/** One mask for each row of the boxes. */
export interface MaskSide {
  tensor: Tensor;
  /** Rows of boxes an image. */
  rows: number;
}

/** Adds the masks of two boxes that are one. `of` says whose they are, against fp64. */
export function addMasks(
  pool: MaskPool,
  of: "onnx" | "fp32",
  place: { case: string; image: number },
  [one, box]: [MaskSide, Box],
  [exact, other]: [MaskSide, Box],
): void {
  const [a, b] = [maskOf(one, place.image, box.row), maskOf(exact, place.image, other.row)];
  if (!sameShape(a.dims, b.dims)) {
    if (of === "onnx")
      pool.problem ??= `a mask has ${shapeText(a.dims)} in the ONNX and ${shapeText(b.dims)} in the source`;
    return;
  }
  if (of === "onnx") {
    pool.pairs += 1;
    pool.dtype = one.tensor.dtype;
    pool.shape = one.tensor.dims;
  }
  if (isFloat(one.tensor.dtype)) addValues(pool, of, place, box.row, numbersOf(a), numbersOf(b));
  else addAreas(pool, of, numbersOf(a), numbersOf(b));
}

function maskOf({ tensor, rows }: MaskSide, image: number, row: number): Tensor {
  const dims = tensor.dims.slice(-2);
  const size = dims.reduce((product, dim) => product * dim, 1);
  const from = (image * rows + row) * size;
  return { ...tensor, dims, data: tensor.data.subarray(from, from + size) };
}

function addValues(
  pool: MaskPool,
  of: "onnx" | "fp32",
  { case: name, image }: { case: string; image: number },
  row: number,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): void {
  for (let at = 0; at < b.length; at++) {
    const [x, y] = [a[at] as number, b[at] as number];
    const apart = Math.abs(x - y);
    if (of === "fp32") pool.noise = Math.max(pool.noise, Number.isFinite(apart) ? apart : 0);
    else if (!Number.isFinite(apart)) pool.problem ??= "a mask holds NaN or infinity";
    else if (apart > pool.error || !pool.worst) {
      pool.error = apart;
      pool.worst = { case: name, image, row };
    }
    pool.scale = Math.max(pool.scale, Math.abs(y));
    pool.least = Math.min(pool.least, y);
  }
}

function addAreas(pool: MaskPool, of: "onnx" | "fp32", a: ArrayLike<number>, b: ArrayLike<number>): void {
  let both = 0;
  let any = 0;
  for (let at = 0; at < b.length; at++) {
    both += Number(a[at] !== 0 && b[at] !== 0);
    any += Number(a[at] !== 0 || b[at] !== 0);
  }
  const overlap = any === 0 ? 1 : both / any;
  if (of === "onnx") pool.overlap = Math.min(pool.overlap, overlap);
  else pool.sourceOverlap = Math.min(pool.sourceOverlap, overlap);
}

/** The report on the masks; whether there are enough boxes is said by that on the boxes. */
export function reportMasks(name: string, pool: MaskPool): OutputReport {
  const unit = pool.least >= 0 && pool.scale <= 1;
  const noise = Math.max(pool.noise, unit ? UNIT_FLOOR : 4 * ulp(pool.scale, "float32"));
  const report: OutputReport = {
    ...emptyReport(name, pool.dtype, pool.shape),
    rule: "detections",
    values: pool.pairs,
    max_abs: pool.error,
    noise,
    tolerance: FACTOR * noise,
  };
  const wrong = (why: string): OutputReport => ({
    ...report,
    status: "fail",
    kind: "wrong",
    message: `masks "${name}": ${why}`,
  });
  if (pool.problem) return wrong(pool.problem);
  if (pool.error > FACTOR * noise) {
    const where = pool.worst ? ` (box ${pool.worst.row} of image ${pool.worst.image}, case ${pool.worst.case})` : "";
    return wrong(
      `a value differs by ${short(pool.error)}${where}, ${short(pool.error / noise)} times what rounding explains`,
    );
  }
  if (pool.overlap < Math.min(SAME_AREA, pool.sourceOverlap))
    return wrong(`a mask covers only ${short(100 * pool.overlap)} % of the source's`);
  return { ...report, message: `the masks "${name}" of ${pool.pairs} boxes are the source's` };
}
