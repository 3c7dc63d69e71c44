import { describe, expect, test } from "vitest";
import {
  type MaskRule,
  type Masks,
  masksOf,
  sameMasks,
} from "../../../src/validate/agreement/mask-agreement.ts";
import type { Box } from "../../../src/validate/detection/boxes.ts";

/** The input is 8 × 8; the box covers its right lower quarter. */
const [SIDE, HALF] = [8, 4];
const corners = [HALF, HALF, SIDE, SIDE];
const box = (row: number): Box => ({ row, corners, score: 0.9, label: 0 });
const pair = (row: number, match = row) => ({
  ...{ box: box(row), match: box(match) },
});

function masks(
  rows: number,
  side: number,
  valueAt: (x: number, y: number, row: number) => number,
): Masks {
  const data = Float32Array.from({ length: rows * side * side }, (_, at) =>
    valueAt(
      at % side,
      Math.floor(at / side) % side,
      Math.floor(at / side / side),
    ),
  );
  const dims = [1, rows, side, side];
  const made = masksOf({ dtype: "float32", dims, data });
  if (!made) throw new Error("no masks");
  return made;
}

/** A triangle in the box. */
const source = masks(2, SIDE, (x, y) =>
  Number(x >= HALF && y >= HALF && x >= y),
);
const rule = (space: string | null, threshold = 0.5): MaskRule => ({
  ...{ space, threshold },
});
const agreed = (edge: Masks, how: MaskRule, pairs = [pair(0), pair(1)]) =>
  sameMasks(pairs, 0, { edge, source }, how);

describe("masks of boxes that have a match", () => {
  test.each<[string, Masks, MaskRule, number]>([
    [
      "over the whole input",
      masks(2, SIDE, (x, y) => (x >= HALF && y >= HALF && x >= y ? 0.9 : 0.1)),
      rule("padded_input_px"),
      2,
    ],
    [
      "over the box, as the device resizes them",
      masks(2, HALF, (x, y) => (x >= y ? 0.9 : 0.1)),
      rule("box"),
      2,
    ],
    [
      "by their size, where nothing is said",
      masks(2, HALF, (x, y) => (x >= y ? 0.9 : 0.1)),
      rule(null),
      2,
    ],
    [
      "of which one is turned round",
      masks(2, HALF, (x, y, row) => ((row ? x <= y : x >= y) ? 0.9 : 0.1)),
      rule("box"),
      1,
    ],
    [
      "of another threshold",
      masks(2, HALF, (x, y) => (x >= y ? 0.9 : 0.6)),
      rule("box"),
      0,
    ],
    [
      "of the threshold that the contract says",
      masks(2, HALF, (x, y) => (x >= y ? 0.9 : 0.6)),
      rule("box", 0.8),
      2,
    ],
    [
      "of which the contract says another place",
      masks(2, HALF, (x, y) => (x >= y ? 0.9 : 0.1)),
      rule("padded_input_px"),
      0,
    ],
    ["of NaN", masks(2, HALF, () => Number.NaN), rule("box"), 0],
  ])("%s", (_, edge, how, count) => {
    expect(agreed(edge, how)).toEqual({ agreed: count, total: 2 });
  });

  test("count where the source has one for the box", () => {
    const edge = masks(9, HALF, (x, y) => (x >= y ? 0.9 : 0.1));
    expect(agreed(edge, rule("box"), [pair(8, 1), pair(7, 2)])).toEqual({
      agreed: 1,
      total: 1,
    });
  });

  test("are resized to boxes that are not whole pixels, as mmdet does it", () => {
    const edge = masks(1, 2, (x) => (x === 0 ? 1 : 0));
    const shifted = {
      box: { ...box(0), corners: [0.5, 0, 4.5, 4] },
      match: box(0),
    };
    // Columns 0 to 3 lie at −0.5, 0, 0.5 and 1 of the mask: 0.5, 1, 0.5 and 0, at the first and last row a quarter less.
    const own = masks(1, SIDE, (x, y) => Number(x < 3 && y < HALF));
    expect(
      sameMasks([shifted], 0, { edge, source: own }, rule("box", 0.3)),
    ).toEqual({ agreed: 1, total: 1 });
  });
});
