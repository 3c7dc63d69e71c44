import { describe, expect, test } from "vitest";
import { replay, sizeAfter } from "../../../src/validate/preprocess/replay.ts";
import { parseSteps } from "../../../src/validate/preprocess/steps.ts";
import { windowStarts } from "../../../src/validate/windows/window-grid.ts";

const windows = { size: [2, 3], stride: [1, 2], edge: "shifted_inside" };

describe("the step windows", () => {
  test("may follow the normalisation, and the first one is at the upper left", () => {
    const steps = parseSteps([{ normalize: { mean: 0, std: 1 } }, { windows }]);
    if ("beyond" in steps) throw new Error(steps.beyond);
    const data = Uint8Array.from({ length: 4 * 5 * 3 }, (_, at) => at);

    expect(sizeAfter(steps, { width: 4, height: 5 })).toEqual({
      ...{ width: 2, height: 3, left: 0, top: 0 },
    });
    const {
      width,
      height,
      data: pixels,
    } = replay(steps, { width: 4, height: 5, data });
    expect([width, height, [...pixels]]).toEqual([
      2,
      3,
      [0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 24, 25, 26, 27, 28, 29],
    ]);
  });

  test.each<[string, object]>([
    ["another rule at the edge", { ...windows, edge: "padded" }],
    ["no rule at the edge", { size: [2, 3], stride: [1, 2] }],
    ["no stride", { size: [2, 3], edge: "shifted_inside" }],
    ["a stride of 0", { ...windows, stride: [0, 2] }],
  ])("is beyond our words with %s", (_, said) => {
    expect(parseSteps([{ windows: said }])).toHaveProperty("beyond");
  });
});

test.each<[length: number, window: number, stride: number, starts: number[]]>([
  [10, 4, 3, [0, 3, 6]],
  [11, 4, 3, [0, 3, 6, 7]],
  [4, 4, 3, [0]],
  [5, 4, 9, [0, 1]],
  [3, 4, 2, [0]],
])(
  "of a length of %i, windows of %i, %i apart, begin at %j",
  (length, window, stride, starts) => {
    expect(windowStarts(length, window, stride)).toEqual(starts);
  },
);
