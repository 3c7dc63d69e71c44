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
import { repeatedRow } from "./repeated-row.ts";

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
  const found = (await repeatedFinding(source, rows)) ?? {
    problem: await rowProblem(source, referenceCase, feeds, rows),
    said: [`a batch of ${rows} equals its rows`],
  };

  return {
    ...found,
    areDifferent: !areEqual(rowOf(feeds, 0), rowOf(feeds, rows - 1)),
  };
}

/** Where there is no room, by one run that another check needs as well; null where it cannot show it. */
async function repeatedFinding(
  source: BatchSource,
  count: number,
): Promise<BatchFinding | null> {
  const { graph, runtime, rule } = source;
  const repeated = runtime.budget.hasRoom() ? null : await repeatedRow(source);
  if (!repeated) return null;

  const { called, rows, feeds, row, given } = repeated;
  // That an open batch does not run is what the check of shapes finds.
  const batch = await runtime.session.runOnce(called, feeds).catch(() => null);
  const outputs = batch && outputsOfRows(graph, batch, rows);
  if (outputs?.size !== given.size) return null;

  for (let at = 0; at < rows; at++) {
    const found = await firstDifference(rule, row, [given, rowOf(outputs, at)]);
    if (found)
      return {
        problem: `row ${count - 1} of case ${row.name} gives a different result in a batch of ${rows} of its own than in a batch of ${count}: ${found}`,
        said: [],
      };
  }

  return {
    problem: null,
    said: [
      `a row in a batch of ${count} gives the same as in a batch of ${rows}`,
    ],
  };
}

async function rowProblem(
  { graph, runtime, rule }: BatchSource,
  referenceCase: ReferenceCase,
  feeds: Feeds,
  rows: number,
): Promise<string | null> {
  const { name } = referenceCase;
  const whole = await runtime.session.runCase(referenceCase);
  const outputs = outputsOfRows(graph, whole, rows);

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
