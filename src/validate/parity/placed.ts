import { unravel } from "../evidence/tensor.ts";
import { jsonNumber, type WorstElement } from "../output-report.ts";
import type { Element } from "./float-accumulator.ts";

/** An element as a verdict says it. `steps`: by axis, how far the values that were compared lie apart in the tensor. */
export function placed(
  { case: name, flat, dims, onnx, source }: Element,
  steps: readonly number[] = [],
): WorstElement {
  return {
    case: name,
    index: unravel(flat, dims).map((at, axis) => at * (steps[axis] ?? 1)),
    onnx: jsonNumber(onnx),
    source: jsonNumber(source),
  };
}
