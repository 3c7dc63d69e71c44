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
 * Outputs that have this many rows. One whose first length the graph fixes has as many by chance if its rows lie on another
 * axis, as in the state of a recurrent layer, `[2, batch, …]`, or if it has none, as a table of anchors. A length that is
 * computed of the batch, as in `[2, 3*batch]`, is no axis of rows: such a graph mixes them.
 */
export function outputsOfRows(
  graph: Pick<OnnxModel, "inputs" | "outputs">,
  outputs: Feeds,
  rows: number,
): Feeds {
  const batches = new Set(
    graph.inputs
      .map(({ shape }) => shape?.[0])
      .filter((length) => typeof length === "string"),
  );
  const byChance = new Set(
    graph.outputs.flatMap(({ name, shape }) => {
      const [first, ...others] = shape ?? [];
      const isTable = others.every((length) => typeof length === "number");
      const hasRows = others.some((length) => batches.has(`${length}`));

      return first === rows && (isTable || hasRows) ? [name] : [];
    }),
  );

  return new Map(
    [...outputs].filter(
      ([name, { dims }]) => dims[0] === rows && !byChance.has(name),
    ),
  );
}
