import { cheapestFirst, type References } from "../evidence/references.ts";
import { isFloat, numbersOf, type Tensor } from "../evidence/tensor.ts";
import type { Contract } from "./contract.ts";

/** Cases that are looked at, the cheapest: what an output ends in shows in each. */
const CASES = 4;
/** Half floats round a sum of many scores by less. */
const ROUNDING = 1e-3;
/** So many rows do not add up to 1 by accident. */
const ROWS = 4;

/** Where the source's values cannot be what `activation` says: a device would apply another one, or none. */
export async function activationProblems(
  { outputs }: Contract,
  references: References | null,
): Promise<string[]> {
  const problems: string[] = [];

  for (const { name, activation } of outputs) {
    if (references === null || activation === undefined) continue;

    const found = contradiction(activation, await valuesOf(references, name));
    if (found !== null)
      problems.push(
        `it says that "${name}" ends in ${activation}, but the source's values ${found}`,
      );
  }

  return problems;
}

async function valuesOf(
  references: References,
  output: string,
): Promise<Tensor[]> {
  const cases = references.cases.filter(({ kind }) => kind !== "extreme");
  const entries = cheapestFirst(cases)
    .flatMap(({ fp32 }) => fp32.get(output) ?? [])
    .slice(0, CASES);

  const tensors: Tensor[] = [];
  for (const entry of entries) tensors.push(await references.read(entry));

  return tensors.filter(({ dtype }) => dtype !== "string");
}

/** Null where the values can be what is said, or the word is not known here. */
function contradiction(
  activation: string,
  tensors: readonly Tensor[],
): string | null {
  const some = (isWrong: (value: number) => boolean) =>
    tensors.some((tensor) => numbersOf(tensor).some(isWrong));

  switch (activation) {
    case "softmax_inside":
      return some(isNoShare) ? "are not all from 0 to 1" : null;
    case "sigmoid_inside":
      if (some(isNoShare)) return "are not all from 0 to 1";
      return areShares(tensors, 3) ? "add up to 1, as after a softmax" : null;
    case "log_softmax_inside":
      return some((value) => value > ROUNDING) ? "are not all below 0" : null;
    case "argmax_inside":
    case "threshold_inside":
      return some((value) => Number.isFinite(value) && !Number.isInteger(value))
        ? "are not whole numbers"
        : null;
    case "none":
      return areShares(tensors, 2) ? "add up to 1, as after a softmax" : null;
    default:
      return null;
  }
}

function isNoShare(value: number): boolean {
  return value < -ROUNDING || value > 1 + ROUNDING;
}

/** Rows of shares that add up to 1, of at least so many classes. */
function areShares(tensors: readonly Tensor[], classes: number): boolean {
  const rows = tensors.flatMap(rowsOf);

  return (
    rows.length >= ROWS &&
    rows.every(
      (row) =>
        row.length >= classes &&
        !row.some(isNoShare) &&
        Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) <= ROUNDING,
    )
  );
}

/** Of a table of scores [row, class]; none where the output is another thing. */
function rowsOf(tensor: Tensor): number[][] {
  const { dims, dtype } = tensor;
  const [rows = 0, classes = 0] = dims;
  if (dims.length !== 2 || !isFloat(dtype)) return [];

  const values = Array.from(numbersOf(tensor));
  return Array.from({ length: rows }, (_, row) =>
    values.slice(row * classes, (row + 1) * classes),
  );
}
