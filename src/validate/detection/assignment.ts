/**
 * Optimal assignment (Jonker-Volgenant: shortest augmenting paths with potentials), O(n² m).
 * `cost` is row-major, finite, `rows × columns`. Returns the column of each row, −1 where there are too few columns.
 */
export function assign(
  cost: Float64Array,
  rows: number,
  columns: number,
): Int32Array {
  if (rows <= columns) return assignRows(cost, rows, columns);

  const transposed = new Float64Array(cost.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      transposed[column * rows + row] = cost[row * columns + column] as number;

  const result = new Int32Array(rows).fill(-1);
  for (const [column, row] of assignRows(transposed, columns, rows).entries())
    result[row] = column;

  return result;
}

/** Needs `rows <= columns`. Index 0 of the arrays stands for "none", so that rows and columns count from 1. */
function assignRows(
  cost: Float64Array,
  rows: number,
  columns: number,
): Int32Array {
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  const cameFrom = new Int32Array(columns + 1);
  const distance = new Float64Array(columns + 1);
  const done = new Uint8Array(columns + 1);

  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    distance.fill(Number.POSITIVE_INFINITY);
    done.fill(0);

    let column = 0;
    do {
      column = advance(column);
    } while (rowOf[column] !== 0);

    for (; column !== 0; column = cameFrom[column] as number)
      rowOf[column] = rowOf[cameFrom[column] as number] as number;
  }

  const result = new Int32Array(rows).fill(-1);
  for (let column = 1; column <= columns; column++) {
    const row = rowOf[column] as number;
    if (row > 0) result[row - 1] = column - 1;
  }

  return result;

  /** Takes a column into the tree of shortest paths; returns the nearest column outside of it. */
  function advance(column: number): number {
    done[column] = 1;

    const row = rowOf[column] as number;
    let delta = Number.POSITIVE_INFINITY;
    let next = 0;

    for (let other = 1; other <= columns; other++) {
      if (done[other]) continue;

      const reduced =
        (cost[(row - 1) * columns + other - 1] as number) -
        (rowPotential[row] as number) -
        (columnPotential[other] as number);

      if (reduced < (distance[other] as number)) {
        distance[other] = reduced;
        cameFrom[other] = column;
      }

      if ((distance[other] as number) < delta) {
        delta = distance[other] as number;
        next = other;
      }
    }

    for (let other = 0; other <= columns; other++)
      if (done[other]) {
        rowPotential[rowOf[other] as number] =
          (rowPotential[rowOf[other] as number] as number) + delta;
        columnPotential[other] = (columnPotential[other] as number) - delta;
      } else distance[other] = (distance[other] as number) - delta;

    return next;
  }
}
