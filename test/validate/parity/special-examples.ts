import fc from "fast-check";
import type { Tensor } from "../../../src/validate/evidence/tensor.ts";
import {
  addDetections,
  type Detections,
} from "../../../src/validate/parity/detection/add-detections.ts";
import { createDetectionAccumulator } from "../../../src/validate/parity/detection/detection-accumulator.ts";
import { reportDetections } from "../../../src/validate/parity/detection/detection-report.ts";
import { PLAN } from "./detection-examples.ts";

export const special = fc.constantFrom(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
);
export const strange = fc.oneof(
  special,
  fc.constantFrom(5e-324, -5e-324, 1e-40, -0, 0, 1),
  fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 1e30),
  fc.double({ min: -1, max: 1, noNaN: true }),
);
export const float = (dims: number[], data: ArrayLike<number>): Tensor => ({
  dtype: "float64",
  dims,
  data: Float64Array.from(data),
});
/** Six numbers a box: corners, score, label. */
export const rowsOf = (values: readonly number[]): Detections => {
  const rows = Math.floor(values.length / 6);
  const at = (row: number, width: number, from: number) =>
    values.slice(6 * row + from, 6 * row + from + width);
  const each = Array.from({ length: rows }, (_, row) => row);
  return {
    dets: float(
      [1, rows, 5],
      each.flatMap((row) => at(row, 5, 0)),
    ),
    labels: float(
      [1, rows],
      each.flatMap((row) => at(row, 1, 5)),
    ),
    masks: null,
  };
};

/** Both sides in two cases, judged with suppression and a threshold. */
export function detections(onnx: Detections, source: Detections) {
  const accumulator = createDetectionAccumulator();
  const keep = { ...PLAN.keep, nmsIou: 0.5, scoreThreshold: 0.05 };
  for (const name of ["a", "b"])
    addDetections(accumulator, keep, {
      name,
      onnx,
      exact: source,
      noisy: [source],
      before: null,
    });
  const plan = { ...PLAN, keep };
  return reportDetections(plan, { shape: [], dtype: "float32" }, accumulator);
}
