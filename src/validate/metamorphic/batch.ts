import type { OnnxModel } from "../../onnx/model.ts";
import { isBatch } from "../evidence/axes.ts";
import type { ReferenceCase } from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import { rowsOf } from "../run-difference.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { ComparedRuns } from "./compare-runs.ts";

/** What batches are taken apart of, and put together from. */
export interface BatchSource {
  graph: OnnxModel;
  runtime: Runtime;
  /** Cases that count as evidence. */
  cases: readonly ReferenceCase[];
  rule: ComparedRuns;
}

/** What was found about a batch: a problem in words, or what may be said of it. */
export interface BatchFinding {
  problem: string | null;
  said: string[];
}

/** The first axis of each input is an open batch. */
export function isBatched({ inputs }: OnnxModel): boolean {
  return inputs.every(({ shape }) =>
    isBatch(shape?.[0] ?? 0, 0, shape?.length ?? 0),
  );
}

/** Rows of all inputs, where each input has the same number of them; else 0. */
export function rowCount(feeds: ReadonlyMap<string, { dims: number[] }>) {
  const counts = new Set([...feeds.values()].map(({ dims }) => dims[0] ?? 0));
  return counts.size === 1 ? ([...counts][0] ?? 0) : 0;
}

/** One row of each tensor, without copying. */
export function rowOf(tensors: Feeds, row: number): Feeds {
  return new Map(
    [...tensors].map(([name, tensor]) => [name, rowsOf(tensor, row, row + 1)]),
  );
}

/**
 * Outputs that have this many rows. One whose first length the graph fixes, as the state of a recurrent layer or a table
 * of anchors, has as many by chance.
 */
export function outputsOfRows(
  { outputs: declared }: Pick<OnnxModel, "outputs">,
  outputs: Feeds,
  rows: number,
): Feeds {
  const fixed = new Map(declared.map(({ name, shape }) => [name, shape?.[0]]));

  return new Map(
    [...outputs].filter(
      ([name, { dims }]) => dims[0] === rows && fixed.get(name) !== rows,
    ),
  );
}
