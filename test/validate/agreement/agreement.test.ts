import { describe, expect, test } from "vitest";
import {
  type Agreement,
  agreementText,
  isRefused,
} from "../../../src/validate/agreement/agreement.ts";
import {
  agreedBoxes,
  clipped,
  confidentScore,
  mostConfident,
} from "../../../src/validate/agreement/box-agreement.ts";
import { agreedClasses } from "../../../src/validate/agreement/class-agreement.ts";
import type { Box } from "../../../src/validate/detection/boxes.ts";
import type { Tensor } from "../../../src/validate/evidence/tensor.ts";

const box = (x: number, score = 0.9, label = 0, side = 10): Box => ({
  row: 0,
  corners: [x, 0, x + side, side],
  score,
  label,
});

describe("boxes that agree", () => {
  test.each<[string, Box[], Box[], [agreed: number, total: number]]>([
    ["none on either side", [], [], [0, 0]],
    [
      "the same, in another order",
      [box(0), box(50)],
      [box(50), box(0)],
      [4, 4],
    ],
    ["one that lies a third aside", [box(0)], [box(3)], [2, 2]],
    ["one that lies half aside: overlap 1/3", [box(0)], [box(5)], [0, 2]],
    ["another label", [box(0)], [box(0, 0.9, 1)], [0, 2]],
    ["one more on a side", [box(0), box(50)], [box(0)], [2, 3]],
    [
      "one that is confident on one side only: it counts once, and has a match",
      [box(0, 0.31)],
      [box(0, 0.29)],
      [1, 1],
    ],
    [
      "a second box in the same place has no match",
      [box(0), box(0, 0.8)],
      [box(0)],
      [2, 3],
    ],
    [
      "those that nobody is confident of do not count",
      [box(0, 0.1)],
      [],
      [0, 0],
    ],
    ["NaN", [{ ...box(0), corners: [Number.NaN, 0, 1, 1] }], [box(0)], [0, 2]],
  ])("%s", (_, ones, others, [agreed, total]) => {
    expect(agreedBoxes({ edge: ones, source: others }, 0.3)).toEqual({
      agreed,
      total,
    });
    expect(agreedBoxes({ edge: others, source: ones }, 0.3)).toEqual({
      agreed,
      total,
    });
  });

  test("are cut at the picture's edges, and dropped where nothing is left", () => {
    const size = { width: 20, height: 8 };
    const cut = clipped([box(-5), box(15), box(30), box(-12)], size).map(
      ({ corners }) => corners,
    );
    expect(cut).toEqual([
      [0, 0, 5, 8],
      [15, 0, 20, 8],
    ]);
  });

  test("without area are dropped on both sides, also where there is no picture; rotated ones stay", () => {
    const rotated = { ...box(0), corners: [5, 5, 4, 4, 0.3] };
    const flat = { ...box(0), corners: [3, 0, 3, 9] };
    const turned = { ...box(0), corners: [9, 0, 3, 9] };

    expect(clipped([box(0), flat, turned, rotated], null)).toEqual([
      box(0),
      rotated,
    ]);
    expect(clipped([flat, turned], { width: 20, height: 20 })).toEqual([]);
  });

  test("are compared with as many as the other side can give, the most confident", () => {
    const [low, high] = [box(0, 0.4), box(50, 0.8)];
    expect([
      mostConfident([low, high], 1),
      mostConfident([low, high], null),
    ]).toEqual([[high], [high, low]]);
  });

  test("count from 0.3, or from half the best score where none is as confident", () => {
    expect([
      confidentScore([box(0, 0.4)]),
      confidentScore([box(0, 0.2), box(0, 0.1)]),
      confidentScore([]),
    ]).toEqual([0.3, 0.1, 0]);
  });
});

describe("classes that agree", () => {
  const rows = (...values: number[]): Tensor => ({
    ...{
      dtype: "float32",
      dims: [values.length / 2, 2],
      data: Float32Array.from(values),
    },
  });
  const map = (...values: number[]): Tensor => ({
    dtype: "int32",
    dims: [1, values.length],
    data: Int32Array.from(values),
  });
  test.each<[string, Tensor, Tensor, ReturnType<typeof agreedClasses>]>([
    [
      "the best of each row",
      rows(1, 2, 3, 1),
      rows(5, 6, 0, 1),
      { agreed: 1, total: 2 },
    ],
    [
      "a tie, either way",
      rows(1, 1.000001),
      rows(1.000001, 1),
      { agreed: 1, total: 1 },
    ],
    ["places of a map", map(1, 2, 3), map(1, 0, 3), { agreed: 2, total: 3 }],
    ["another shape", map(1, 2, 3), map(1, 2), null],
    [
      "one column",
      { ...rows(1, 2), dims: [2, 1] },
      { ...rows(1, 2), dims: [2, 1] },
      null,
    ],
  ])("%s", (_, one, other, found) => {
    expect(agreedClasses(one, other)).toEqual(found);
  });
});

describe("the rate", () => {
  const one: Agreement = {
    ...{
      with: "predict",
      output: "dets",
      what: "boxes",
      agreed: 97,
      total: 100,
      confident: 0.3,
      boxes: null,
      cause: null,
      problem: null,
    },
    worst: { case: "real-1", agreed: 4, total: 6 },
  };

  test("names numbers, threshold and the worst case", () => {
    expect(agreementText(one)).toBe(
      "97 of 100 confident boxes match (score ≥ 0.3) in the unpatched source model's own prediction, 97 %, the fewest in case real-1: 4 of 6",
    );
    const rest = { agreed: 3, total: 8, confident: null, worst: null } as const;
    expect(
      agreementText({
        ...one,
        ...rest,
        what: "rows",
        output: "y",
        with: "pipeline",
      }),
    ).toBe(
      '3 of 8 rows have the same class in "y" as in the source\'s own pipeline from the picture, 37.5 %',
    );
  });

  test.each<[Agreement["what"], total: number, refused: number, not: number]>([
    // A right model with random weights: 424 of 486 boxes, in its worst picture 128 of 164.
    ["boxes", 486, 364, 365],
    ["boxes", 164, 122, 124],
    // One suppression for all classes, or one for each: 58 of 100.
    ["boxes", 100, 58, 73],
    ["boxes", 8, 2, 3],
    ["boxes", 7, -1, 0],
    ["rows", 1000, 899, 900],
    ["rows", 8, 6, 7],
    ["rows", 7, -1, 0],
    // A segmentor without its sliding window: 52 of 100.
    ["places", 50_000, 26_000, 45_000],
  ])(
    "of %s refuses what neither right models nor chance explain: of %i, %i and not %i",
    (what, total, refused, not) => {
      const isRed = (agreed: number) =>
        isRefused({ ...one, what, agreed, total });

      expect(isRed(not)).toBe(false);
      if (refused >= 0) expect(isRed(refused)).toBe(true);
    },
  );
});
