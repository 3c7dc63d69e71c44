import { numbersOf, type Tensor } from "../evidence/tensor.ts";

/** Rounding of a softmax moves the sum of a row by less. */
const ROUNDING = 1e-3;

/**
 * Why rows of scores differ, as their sums show it: those of a softmax add up to 1, those of a sigmoid do not. Null where
 * both sides do or neither does. Tensors are [row, class], of one shape.
 */
export function activationCause(onnx: Tensor, source: Tensor): string | null {
  const [edge, own] = [addsUpToOne(onnx), addsUpToOne(source)];
  if (edge === own) return null;

  const [one, other] = edge
    ? ["the edge model", "the source's own prediction"]
    : ["the source's own prediction", "the edge model"];

  return `each row of ${one} adds up to 1, as after a softmax, but the rows of ${other} do not: the final activation differs`;
}

function addsUpToOne({ dims, ...tensor }: Tensor): boolean {
  const classes = dims.at(-1) ?? 0;
  if (dims.length !== 2 || classes < 2) return false;

  const values = numbersOf({ dims, ...tensor });
  for (let row = 0; row < values.length; row += classes) {
    let sum = 0;
    for (let at = row; at < row + classes; at++) sum += values[at] as number;
    if (!(Math.abs(sum - 1) <= ROUNDING)) return false;
  }

  return true;
}
