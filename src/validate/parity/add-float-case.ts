import { numbersOf } from "../evidence/tensor.ts";
import { addSpread } from "./case-spread.ts";
import { caseTotals } from "./case-totals.ts";
import { layoutOf } from "./channels.ts";
import { compareValues } from "./compare-values.ts";
import type { FloatAccumulator, FloatCase } from "./float-accumulator.ts";

/** Adds one case; its tensors have the same shape. No tensor is kept, but the first of each shape. */
export function addFloatCase(
  accumulator: FloatAccumulator,
  floatCase: FloatCase,
): void {
  const layout = layoutOf(floatCase.exact.dims, accumulator.axis);
  const exact = numbersOf(floatCase.exact);
  const onnx = floatCase.onnx ? numbersOf(floatCase.onnx) : exact;
  const noisy = floatCase.noisy ? numbersOf(floatCase.noisy) : exact;

  accumulator.cases += 1;
  compareValues(accumulator, floatCase, layout, { onnx, exact, noisy });
  if (accumulator.other) {
    const { other } = accumulator;
    const by = layoutOf(floatCase.exact.dims, other.axis);
    compareValues(other, floatCase, by, { onnx, exact, noisy });
  }
  accumulator.perCase.push(caseTotals(floatCase, { onnx, exact, noisy }));
  if (floatCase.onnx) accumulator.statistics.add(onnx, exact, layout);

  addSpread(accumulator, floatCase.exact.dims, layout, exact);
}
