import type { OnnxModel } from "../../onnx/model.ts";

/** Ends of slices, shapes and thresholds have so many values at most; a bias has more. */
const SHORT = 8;
/** Since this opset lengths that a graph cuts at are tensors; before, attributes of nodes, which are not read. */
const ENDS_ARE_TENSORS = 10;

/**
 * A short constant of the graph may cut an axis at this length, which longer inputs alone would show: it is as large, or
 * what places are compared with to the same effect (below 5, up to 4, up to the place 3, below 4.5), or a weight has
 * this length.
 */
export function mayCut(
  { opsets, constants, initializers }: OnnxModel,
  length: number,
): boolean {
  return (
    (opsets[""] ?? 0) < ENDS_ARE_TENSORS ||
    constants.some(
      ({ values }) =>
        values.length <= SHORT &&
        values.some((value) => Math.abs(value - length) <= 1),
    ) ||
    initializers.some(({ dims }) => dims.includes(length))
  );
}
