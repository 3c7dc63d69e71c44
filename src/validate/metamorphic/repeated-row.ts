import type { OnnxModel } from "../../onnx/model.ts";
import { freeAxes, requiredBatch } from "../evidence/axes.ts";
import {
  elementsOf,
  type ReferenceCase,
  smallestCase,
} from "../evidence/references.ts";
import { withAxis } from "../evidence/resize.ts";
import type { Feeds } from "../evidence/tensor.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { isBatched, outputsOfRows, rowCount, rowOf } from "./batch.ts";

/** What a row is chosen from: `cases` are those that count as evidence. */
export interface RowSource {
  graph: OnnxModel;
  runtime: Runtime;
  cases: readonly ReferenceCase[];
}

/**
 * The last row of a case with several rows, as often as makes a batch that no reference has. One run shows what two
 * showed: that a row does not depend on the rows beside it, as its neighbours are others here, and that the open batch
 * takes more than the references' numbers of rows.
 */
export interface RepeatedRow {
  /** For a person, and to run it once for several checks. */
  called: string;
  /** Of the batch. */
  rows: number;
  feeds: Feeds;
  /** The case that the row is of, with the shapes of that row alone. */
  row: ReferenceCase;
  /** What the row gives in its case. */
  given: Feeds;
}

/**
 * Null where it would show less than a row alone and another case's row repeated: no case of one row says what the source
 * gives for it, an output has no row for each, or inputs have batches of their own; or where it would cost more.
 */
export async function repeatedRow({
  graph,
  runtime,
  cases,
}: RowSource): Promise<RepeatedRow | null> {
  const chosen = chosenCase(graph, cases);
  if (!chosen) return null;

  const { several, count, rows } = chosen;
  const outputs = await runtime.session.runCase(several).catch(() => null);
  const given = outputs && outputsOfRows(graph, outputs, count);
  if (!given || given.size !== outputs.size) return null;

  const feeds = rowOf(await runtime.references.feeds(several), count - 1);

  return {
    called: `row ${count - 1} of case ${several.name}, ${rows} times`,
    rows,
    feeds: new Map(
      [...feeds].map(([name, tensor]) => [name, withAxis(tensor, 0, rows)]),
    ),
    row: ofOneRow(several),
    given: rowOf(given, count - 1),
  };
}

function chosenCase(graph: OnnxModel, cases: readonly ReferenceCase[]) {
  const axes = freeAxes(graph, cases).filter(({ kind }) => kind === "batch");
  const [batch, ...others] = axes;
  if (!batch || others.length > 0 || !isBatched(graph)) return null;

  const several = smallestCase(
    cases.filter(({ inputs }) => rowCount(inputs) > 1),
  );
  const single = smallestCase(
    cases.filter(({ inputs }) => rowCount(inputs) === 1),
  );
  if (!several || !single) return null;

  const rows = requiredBatch(batch);
  const count = rowCount(several.inputs);
  const row = elementsOf(several.inputs) / count;
  const isDearer = rows * row > row + rows * elementsOf(single.inputs);

  return isDearer ? null : { several, count, rows };
}

function ofOneRow(several: ReferenceCase): ReferenceCase {
  const inputs = [...several.inputs].map(
    ([name, entry]) =>
      [name, { ...entry, dims: entry.dims.with(0, 1) }] as const,
  );
  return { ...several, inputs: new Map(inputs) };
}
