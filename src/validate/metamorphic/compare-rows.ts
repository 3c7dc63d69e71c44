import { type ReferenceCase, smallestCase } from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import { bitEqual } from "../run-difference.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import {
  type BatchFinding,
  type BatchSource,
  isBatched,
  outputsOfRows,
  rowCount,
  rowOf,
} from "./batch.ts";
import { firstDifference } from "./compare-runs.ts";

/** Rows that are run alone, where there is room. */
const ROWS = 4;

/** What the rows of one case showed, and whether they differ: rows that repeat say nothing of a mean over the batch. */
export type RowsFinding = BatchFinding & { areDifferent: boolean };

/** A batch equals its rows one by one; where a case has several rows and the axis is open. */
export async function compareRows(source: BatchSource): Promise<RowsFinding> {
  const { graph, runtime, cases } = source;
  const batched = isBatched(graph) ? cases : [];
  const referenceCase = smallestCase(
    batched.filter(({ inputs }) => rowCount(inputs) > 1),
  );

  if (!referenceCase)
    return {
      problem: null,
      said: ["no case has a batch to split"],
      areDifferent: false,
    };

  const rows = rowCount(referenceCase.inputs);
  const feeds = await runtime.references.feeds(referenceCase);
  const problem = await rowProblem(source, referenceCase, feeds, rows);

  return {
    problem,
    said: [`a batch of ${rows} equals its rows`],
    areDifferent: !areEqual(rowOf(feeds, 0), rowOf(feeds, rows - 1)),
  };
}

async function rowProblem(
  { runtime, rule }: BatchSource,
  referenceCase: ReferenceCase,
  feeds: Feeds,
  rows: number,
): Promise<string | null> {
  const { name } = referenceCase;
  const whole = await runtime.session.runCase(referenceCase);
  const outputs = outputsOfRows(whole, rows);

  // From the last row: the first is right even where a batch of one is baked in.
  for (let row = rows - 1; row >= Math.max(0, rows - ROWS); row--) {
    if (row < rows - 1 && !runtime.budget.hasRoom()) break;

    const alone = await runtime.session
      .run(`row ${row} of case ${name}`, rowOf(feeds, row))
      .catch(ortMessage);
    if (typeof alone === "string")
      return `row ${row} of case ${name} does not run alone, but in a batch of ${rows}: ${alone}`;

    const pair = [rowOf(outputs, row), alone] as const;
    const found = await firstDifference(rule, referenceCase, pair);

    if (found)
      return `row ${row} of case ${name} gives a different result alone than in a batch of ${rows}: ${found}`;
  }

  return null;
}

function areEqual(first: Feeds, second: Feeds): boolean {
  return [...first].every(([name, tensor]) => {
    const other = second.get(name);
    return other !== undefined && bitEqual(tensor, other);
  });
}
