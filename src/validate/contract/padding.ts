import { countingCases, type References } from "../evidence/references.ts";
import { numbersOf } from "../evidence/tensor.ts";
import type { Contract } from "./contract.ts";

/** Columns of a row of boxes, `x1y1x2y2s`. */
const COLUMNS = 5;
const SCORE = 4;

/** Rows that only fill up a batch have the score that `padding` says: a device drops them by it. */
export async function paddingProblems(
  { outputs }: Contract,
  references: References | null,
): Promise<string[]> {
  const problems: string[] = [];

  for (const { name, format, padding } of outputs) {
    const said = padding?.score;
    if (format !== "x1y1x2y2s" || said === undefined || !references) continue;

    const found = await otherScore(references, name, said);
    if (found !== null)
      problems.push(
        `it says that rows of "${name}" without a box have the score ${said}, but the source gives such rows ${found}`,
      );
  }

  return problems;
}

/** The score of the first row that holds no box and has another score than is said; null where there is none. */
async function otherScore(
  references: References,
  output: string,
  said: number,
): Promise<number | null> {
  for (const { fp32 } of countingCases(references)) {
    const entry = fp32.get(output);
    if (entry?.dims.at(-1) !== COLUMNS) continue;

    const values = numbersOf(await references.read(entry));
    for (let at = SCORE; at < values.length; at += COLUMNS) {
      const score = values[at] as number;
      if (score <= 0 && score !== said) return score;
    }
  }

  return null;
}
