import { sizeOf, type Tensor } from "../evidence/tensor.ts";

type Data = Tensor["data"];

/** Whether rows of an output of integers differ, over all cases: one that is the same for every input proves nothing. */
export interface RowSpread {
  /** The first row of each shape, until two differ. */
  first: Map<string, Data>;
  compared: number;
  differ: boolean;
}

export function createRowSpread(): RowSpread {
  return { first: new Map(), compared: 0, differ: false };
}

/** Adds one case. Rows are those of the first axis; a scalar is one row. */
export function addRows(
  spread: RowSpread,
  dims: readonly number[],
  data: Data,
): void {
  const inner = dims.slice(1);
  const size = sizeOf(inner);
  const key = inner.join();

  for (let from = 0; from < data.length && !spread.differ; from += size) {
    const known = spread.first.get(key);

    if (known) {
      spread.compared += 1;
      spread.differ = differs(data.subarray(from, from + size), known);
    } else spread.first.set(key, data.slice(from, from + size));
  }

  if (spread.differ) spread.first.clear();
}

function differs(row: Data, other: Data): boolean {
  for (let at = 0; at < row.length; at++)
    if (row[at] !== other[at]) return true;

  return false;
}
