import { expect, test } from "vitest";
import { boxDifference } from "../../../src/validate/run-difference.ts";
import { float } from "../parity/special-examples.ts";

/** Ten boxes in a row, 100 wide; `change` is added to [x1, y1, x2, y2, score] of each. */
const boxes = (...change: number[]) =>
  float(
    [1, 10, 5],
    Array.from({ length: 10 }, (_, at) =>
      [200 * at, 0, 200 * at + 100, 100, 0.9].map(
        (value, column) => value + (change[column] ?? 0),
      ),
    ).flat(),
  );

test.each<[string, number[], string | null]>([
  ["rounding of a score", [0, 0, 0, 0, 1e-6], null],
  ["rounding of corners", [1e-3, 1e-3, 1e-3, 1e-3, 0], null],
  ["another score", [0, 0, 0, 0, -0.01], "10 of 10 boxes differ"],
  ["other corners", [0.5, 0.5, 0.5, 0.5, 0], "10 of 10 boxes differ"],
])("of boxes of two runs, %s", (_, change, found) => {
  expect(boxDifference(boxes(), boxes(...change), null)).toBe(found);
});

test("what the source's own noise moves is no difference", () => {
  const noise = { score: 0.002, corner: 0.1 };
  const moved = boxes(0.5, 0.5, 0.5, 0.5, -0.01);
  expect(boxDifference(boxes(), moved, null, noise)).toBeNull();
});
