/**
 * Optimal assignment (Jonker-Volgenant: shortest augmenting paths with potentials), O(n² m).
 * `cost` is row-major, `rows × columns`; what is not a finite number costs more than all that is. Returns the column of
 * each row, −1 where there are too few columns.
 */
export function assign(
  cost: Float64Array,
  rows: number,
  columns: number,
): Int32Array {
  const finite = withoutSpecial(cost);
  if (rows <= columns) return assignRows(finite, rows, columns);

  const transposed = new Float64Array(finite.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      transposed[column * rows + row] = finite[
        row * columns + column
      ] as number;

  const result = new Int32Array(rows).fill(-1);
  for (const [column, row] of assignRows(transposed, columns, rows).entries())
    result[row] = column;

  return result;
}

/** The search below would never end on NaN. */
function withoutSpecial(cost: Float64Array): Float64Array {
  if (cost.every(Number.isFinite)) return cost;

  const most = cost.reduce(
    (largest, value) =>
      Number.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest,
    0,
  );

  const dearest = Math.min(2 * most + 1, Number.MAX_VALUE);

  return cost.map((value) => (Number.isFinite(value) ? value : dearest));
}

/** Potentials, and the tree of shortest paths from the row that is being assigned; index 0 stands for "none". */
interface Search {
  cost: Float64Array;
  columns: number;
  rowPotential: Float64Array;
  columnPotential: Float64Array;
  rowOf: Int32Array;
  cameFrom: Int32Array;
  distance: Float64Array;
  done: Uint8Array;
}

/** Needs `rows <= columns`. */
function assignRows(
  cost: Float64Array,
  rows: number,
  columns: number,
): Int32Array {
  const search: Search = {
    cost,
    columns,
    rowPotential: new Float64Array(rows + 1),
    columnPotential: new Float64Array(columns + 1),
    rowOf: new Int32Array(columns + 1),
    cameFrom: new Int32Array(columns + 1),
    distance: new Float64Array(columns + 1),
    done: new Uint8Array(columns + 1),
  };

  for (let row = 1; row <= rows; row++) augment(search, row);

  const result = new Int32Array(rows).fill(-1);
  for (let column = 1; column <= columns; column++) {
    const row = search.rowOf[column] as number;
    if (row > 0) result[row - 1] = column - 1;
  }

  return result;
}

/** Gives the row a column, and other rows other ones along the shortest path. Each step takes a column: it ends. */
function augment(search: Search, row: number): void {
  const { columns, rowOf, cameFrom, distance, done } = search;
  rowOf[0] = row;
  distance.fill(Number.POSITIVE_INFINITY);
  done.fill(0);

  let column = 0;
  for (let taken = 0; taken <= columns; taken++) {
    column = advance(search, column);
    if (rowOf[column] === 0) break;
  }

  for (; column !== 0; column = cameFrom[column] as number)
    rowOf[column] = rowOf[cameFrom[column] as number] as number;
}

/** Takes a column into the tree of shortest paths; returns the nearest column outside of it. */
function advance(search: Search, column: number): number {
  const { distance, done } = search;
  done[column] = 1;

  const next = reach(search, column);
  const delta = distance[next] as number;
  raise(search, delta);

  return next;
}

/** Distances from the column's row to all columns outside of the tree; returns the nearest. */
function reach(search: Search, column: number): number {
  const { cost, columns, distance, done, cameFrom } = search;
  const row = search.rowOf[column] as number;
  const from = (row - 1) * columns - 1;
  const own = search.rowPotential[row] as number;
  let least = Number.POSITIVE_INFINITY;
  let next = 0;

  for (let other = 1; other <= columns; other++) {
    if (done[other]) continue;

    const reduced =
      (cost[from + other] as number) -
      own -
      (search.columnPotential[other] as number);

    if (reduced < (distance[other] as number)) {
      distance[other] = reduced;
      cameFrom[other] = column;
    }

    if ((distance[other] as number) < least) {
      least = distance[other] as number;
      next = other;
    }
  }

  return next;
}

/** Keeps reduced costs at 0 along the tree. */
function raise(search: Search, delta: number): void {
  const { columns, done, rowOf, distance } = search;
  const { rowPotential, columnPotential } = search;

  for (let other = 0; other <= columns; other++)
    if (done[other]) {
      const row = rowOf[other] as number;
      rowPotential[row] = (rowPotential[row] as number) + delta;
      columnPotential[other] = (columnPotential[other] as number) - delta;
    } else distance[other] = (distance[other] as number) - delta;
}
