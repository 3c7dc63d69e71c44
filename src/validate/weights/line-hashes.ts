/** A number for each row and each column of a matrix of float32: one wrong value changes one of both. */
export interface LineHashes {
  rows: Int32Array;
  columns: Int32Array;
}

/** Knuth's: whole numbers times it lie apart. */
const SPREAD = 0x9e37_79b1;

/**
 * Takes the bits of a matrix in pieces, row by row; complete when it had all of them. A line's hash is the sum of its
 * values' bits, each times an odd number of its place, modulo 2³²: the engines have the same in `edge_engine/weights.py`.
 */
export function createLineHashes(rows: number, columns: number) {
  const found: LineHashes = {
    rows: new Int32Array(rows),
    columns: new Int32Array(columns),
  };
  const places = Int32Array.from({ length: columns }, (_, at) => odd(at));
  let row = 0;
  let column = 0;

  return {
    /** Every weight of every model comes through here: locals alone. */
    add(bits: Uint32Array): void {
      const sums = found.columns;
      let at = 0;

      while (at < bits.length && row < rows) {
        const end = Math.min(bits.length, at + columns - column);
        const place = odd(row);
        let sum = found.rows[row] as number;

        for (; at < end; at++, column++) {
          const value = bits[at] as number;
          sum = (sum + Math.imul(value, places[column] as number)) | 0;
          sums[column] = (sums[column] as number) + Math.imul(value, place);
        }
        found.rows[row] = sum;
        if (column === columns) {
          column = 0;
          row += 1;
        }
      }
    },
    /** Null where there were fewer values. More are not read. */
    result(): LineHashes | null {
      return row === rows && column === 0 ? found : null;
    },
  };
}

function odd(place: number): number {
  return Math.imul(place, SPREAD) | 1;
}
