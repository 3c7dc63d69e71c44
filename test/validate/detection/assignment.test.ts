import fc from "fast-check";
import { expect, test } from "vitest";
import { assign } from "../../../src/validate/detection/assignment.ts";

/** Least total cost, by trying everything. */
function leastCost(
  cost: number[][],
  row: number,
  taken: ReadonlySet<number>,
  left: number,
): number {
  if (row === cost.length) return left > 0 ? Number.POSITIVE_INFINITY : 0;
  const spare =
    cost.length - row > left
      ? leastCost(cost, row + 1, taken, left)
      : Number.POSITIVE_INFINITY;
  return (cost[row] ?? []).reduce((best, value, column) => {
    if (taken.has(column) || left === 0) return best;
    return Math.min(
      best,
      value + leastCost(cost, row + 1, new Set([...taken, column]), left - 1),
    );
  }, spare);
}

const matrices = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .chain(([rows, columns]) =>
    fc.array(
      fc.array(fc.integer({ min: 0, max: 9 }), {
        minLength: columns,
        maxLength: columns,
      }),
      {
        minLength: rows,
        maxLength: rows,
      },
    ),
  );

test("the assignment pairs as many as it can, each once, at the least cost", () => {
  fc.assert(
    fc.property(matrices, (cost) => {
      const columns = cost[0]?.length ?? 0;
      const result = [
        ...assign(Float64Array.from(cost.flat()), cost.length, columns),
      ];
      const pairs = result.flatMap((column, row) =>
        column >= 0 ? [[row, column] as const] : [],
      );
      expect(pairs).toHaveLength(Math.min(cost.length, columns));
      expect(new Set(pairs.map(([, column]) => column)).size).toBe(
        pairs.length,
      );
      const total = pairs.reduce(
        (sum, [row, column]) => sum + (cost[row]?.[column] ?? 0),
        0,
      );
      expect(total).toBe(leastCost(cost, 0, new Set(), pairs.length));
    }),
    { numRuns: 500 },
  );
});

test("no rows or no columns give no pairs", () => {
  expect([...assign(new Float64Array(0), 0, 3)]).toEqual([]);
  expect([...assign(new Float64Array(0), 2, 0)]).toEqual([-1, -1]);
});

test.each([
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
])("a cost of %d comes to an end, and others are assigned as ever", (value) => {
  const cost = Float64Array.of(value, 1, 0, value, 2, 3, value, value, value);
  const columns = [...assign(cost, 3, 3)];
  expect(columns.toSorted()).toEqual([0, 1, 2]);
  expect([...assign(new Float64Array(6).fill(value), 3, 2)]).toHaveLength(3);
});
