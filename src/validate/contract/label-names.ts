import { countingCases, type References } from "../evidence/references.ts";
import { numbersOf, type Tensor } from "../evidence/tensor.ts";
import { decodeTexts } from "../evidence/texts.ts";
import type { Contract, OutputPort } from "./contract.ts";

/** Rows of one label, from which on their best column is no accident. */
const ROWS = 3;
/** So many rows of a label have their best score in one column. */
const SHARE = 0.9;
/** Scores of two classes may all be the wrong way round in the source itself, as those of a support vector machine with few rows. */
const LEAST_CLASSES = 3;

/**
 * Where the source gives the name of a class, and the scores of all beside it: a name that is not in `classes`, or stands
 * where another class has its scores.
 */
export async function labelNameProblems(
  { classes, outputs }: Contract,
  references: References | null,
): Promise<string[]> {
  const labels = outputs.find(isNamed);
  if (references === null || labels === undefined || classes.length === 0)
    return [];

  const scores = outputs.find((output) => areScores(output, classes.length));
  const best = await bestColumns(references, labels.name, scores?.name ?? "");
  const other = [...best.keys()].find((label) => !classes.includes(label));

  // Whole numbers may be those of the classes.
  if (other !== undefined)
    return labels.dtype === "str"
      ? [
          `the source gives the label ${JSON.stringify(other)}, which is not among its classes`,
        ]
      : [];

  return classes.length < LEAST_CLASSES ? [] : orderProblem(classes, best);
}

/** Only where each label has a column of its own: scores that contradict the labels in the source itself say nothing. */
function orderProblem(
  classes: readonly string[],
  best: ReadonlyMap<string, number[]>,
): string[] {
  const columns = new Map(
    [...best].flatMap(([label, rows]) => {
      const column = mostly(rows);
      return column === null ? [] : [[column, label] as const];
    }),
  );
  if (columns.size < best.size || columns.size < LEAST_CLASSES) return [];

  const moved = [...columns].find(([at, label]) => classes[at] !== label);

  return moved
    ? [
        `it names class ${moved[0]} ${JSON.stringify(classes[moved[0]])}, but where that has the best score, the source gives the label ${JSON.stringify(moved[1])}`,
      ]
    : [];
}

/** What the source's own `predict` gives: the name of a class, and not its number. */
function isNamed({ dtype, shape, source }: OutputPort): boolean {
  return (
    shape.length === 1 &&
    source === "predict" &&
    (dtype === "str" || /^[iu]\d/.test(dtype))
  );
}

function areScores({ dtype, shape }: OutputPort, classes: number): boolean {
  return /^f\d/.test(dtype) && shape.length === 2 && shape[1] === classes;
}

/** By label, the column of the largest score in each row that has it; none where there are no scores. */
async function bestColumns(
  references: References,
  labels: string,
  scores: string,
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();

  for (const { fp32, fp64 } of countingCases(references)) {
    const given = fp32.get(labels) ?? fp64.get(labels);
    if (!given) continue;

    const names = textsOf(await references.read(given));
    const entry = fp32.get(scores);
    const values = entry
      ? Array.from<number>(numbersOf(await references.read(entry)))
      : [];
    const width = values.length / names.length;

    for (const [row, label] of names.entries()) {
      const own = values.slice(row * width, (row + 1) * width);
      const columns = found.get(label) ?? [];
      found.set(label, columns);
      if (own.length > 0) columns.push(own.indexOf(Math.max(...own)));
    }
  }

  return found;
}

function textsOf({ dtype, data }: Tensor): string[] {
  return dtype === "string"
    ? decodeTexts(data as BigInt64Array)
    : Array.from(data, String);
}

/** The column that nearly all have; null where there is none, or few have been seen. */
function mostly(columns: readonly number[]): number | null {
  const counts = new Map<number, number>();
  for (const column of columns)
    counts.set(column, (counts.get(column) ?? 0) + 1);
  const [column = 0, count = 0] =
    [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? [];

  return count >= ROWS && count >= SHARE * columns.length ? column : null;
}
