import {
  isFloat,
  numbersOf,
  sameShape,
  type Tensor,
} from "../evidence/tensor.ts";
import { layoutOf } from "../parity/channels.ts";

/** Two scores nearer than this part of the scale are a tie: which class wins says nothing. */
const TIE = 1e-5;

/** Places of a map with the same label, or rows whose best class is the same; null where there is no class to compare. */
export function agreedClasses(
  onnx: Tensor,
  source: Tensor,
): { agreed: number; total: number } | null {
  if (!sameShape(onnx.dims, source.dims)) return null;

  const [a, b] = [numbersOf(onnx), numbersOf(source)];
  if (!isFloat(onnx.dtype)) {
    let agreed = 0;
    for (let flat = 0; flat < b.length; flat++)
      agreed += Number(a[flat] === b[flat]);
    return { agreed, total: b.length };
  }

  const rank = onnx.dims.length;
  const { outer, channels, inner } = layoutOf(
    onnx.dims,
    rank < 2 ? null : rank <= 3 ? rank - 1 : 1,
  );
  if (channels < 2) return null;

  let agreed = 0;
  for (let row = 0; row < outer; row++)
    for (let place = 0; place < inner; place++) {
      const base = row * channels * inner + place;
      const best = b[base + inner * bestOf(b, base, channels, inner)] as number;
      const chosen = b[
        base + inner * bestOf(a, base, channels, inner)
      ] as number;

      agreed += Number(chosen >= best - TIE * Math.abs(best));
    }

  return { agreed, total: outer * inner };
}

/** NaN where one of the values is NaN: then none is best. */
function bestOf(
  values: ArrayLike<number>,
  base: number,
  channels: number,
  step: number,
): number {
  let best = 0;
  for (let channel = 0; channel < channels; channel++) {
    const value = values[base + channel * step] as number;
    if (Number.isNaN(value)) return Number.NaN;
    if (value > (values[base + best * step] as number)) best = channel;
  }

  return best;
}
