import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assign } from "../../../src/validate/detection/assignment.ts";
import {
  type Box,
  cornerDistance,
  longestSide,
} from "../../../src/validate/detection/boxes.ts";
import { matchBoxes } from "../../../src/validate/detection/match-boxes.ts";
import { random } from "../../support/random.ts";

const SCALE = 100;

/** Boxes that lie so near each other that which belongs to which is open. */
const boxes = fc
  .array(
    fc.record({
      x: fc.integer({ min: 0, max: 12 }),
      y: fc.integer({ min: 0, max: 2 }),
      score: fc.integer({ min: 1, max: 9 }),
      label: fc.integer({ min: 0, max: 1 }),
    }),
    { maxLength: 12 },
  )
  .map((list) =>
    list.map(({ x, y, score, label }, row): Box => {
      const [left, top] = [x / 4, y / 4];
      return {
        row,
        corners: [left, top, left + 50, top + 50],
        score: score / 10,
        label,
      };
    }),
  );

/** The same over all pairs of a label at once: how many pairs, and what they cost. */
function overAll(ones: readonly Box[], others: readonly Box[]) {
  let [pairs, total] = [0, 0];
  for (const label of [0, 1]) {
    const left = ones.filter((box) => box.label === label);
    const right = others.filter((box) => box.label === label);
    const costs = Float64Array.from(
      left.flatMap((one) => right.map((other) => costOf(one, other))),
    );
    for (const [row, column] of assign(
      costs,
      left.length,
      right.length,
    ).entries()) {
      const cost = column < 0 ? 2 : (costs[row * right.length + column] ?? 2);
      if (cost < 2) [pairs, total] = [pairs + 1, total + cost];
    }
  }
  return { pairs, total };
}

function costOf(one: Box, other: Box): number {
  const gate = Math.max(
    0.02 * Math.max(longestSide(one), longestSide(other)),
    1e-3 * SCALE,
  );
  const distance = cornerDistance(one, other);
  return distance <= gate ? distance / gate : 2;
}

function many(count: number, place: (index: number) => number[]): Box[] {
  return Array.from({ length: count }, (_, row) => {
    const [x = 0, y = 0] = place(row);
    return {
      row,
      corners: [x, y, x + 20, y + 20],
      score: 1 - row / (2 * count),
      label: 1,
    };
  });
}

describe("matching boxes", () => {
  test("costs as little as over all pairs at once", () => {
    fc.assert(
      fc.property(boxes, boxes, (ones, others) => {
        const { pairs, onlyLeft, onlyRight } = matchBoxes(ones, others, SCALE);
        const total = pairs.reduce(
          (sum, { left, right }) => sum + costOf(left, right),
          0,
        );
        const expected = overAll(ones, others);

        // A pair less may cost as little: what is apart costs two.
        expect(total - 2 * pairs.length).toBeCloseTo(
          expected.total - 2 * expected.pairs,
          9,
        );
        expect(pairs.length + onlyLeft.length).toBe(ones.length);
        expect(pairs.length + onlyRight.length).toBe(others.length);
      }),
      { numRuns: 300 },
    );
  });

  test("10,000 boxes of one label that are all wrong take a moment", () => {
    const rng = random(1);
    const place = () => [1000 * rng.uniform(), 1000 * rng.uniform()];
    const started = performance.now();
    const { onlyLeft } = matchBoxes(
      many(10_000, place),
      many(10_000, place),
      1000,
    );

    expect(onlyLeft.length).toBeGreaterThan(8000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("2,000 boxes in one place find each its own by the score", () => {
    const left = many(2000, () => [5, 5]);
    const right = left
      .map((box) => ({ ...box, score: box.score + 1e-9 }))
      .toReversed();
    const started = performance.now();
    const { pairs, onlyLeft } = matchBoxes(left, right, 1000);

    expect(onlyLeft).toEqual([]);
    expect(pairs.every(({ left, right }) => left.row === right.row)).toBe(true);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test.each([
    ["whose difference is not a number", 1.7e308],
    ["that are the largest", Number.MAX_VALUE],
    ["that are denormal", 5e-324],
    ["that are −0", -0],
  ])("coordinates %s come to an end", (_, value) => {
    const box = (row: number, by: number): Box => ({
      row,
      corners: [by * value, 0, value, 1],
      score: 0.5,
      label: 0,
    });
    const found = matchBoxes([box(0, -1), box(1, 1)], [box(0, 1)], value);
    expect(found.pairs.length + found.onlyRight.length).toBe(1);
  });
});
