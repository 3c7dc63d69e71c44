import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sizeAfter } from "../../../src/validate/preprocess/replay.ts";
import { parseSteps } from "../../../src/validate/preprocess/steps.ts";

describe("parseSteps", () => {
  test.each<[string, unknown]>([
    ["a resize of another kind", { resize: "letterbox", to: [8, 8] }],
    [
      "an interpolation that is not known",
      { resize: "stretch", to: [8, 8], interp: "torch.linear" },
    ],
    [
      "an interpolation named like a method",
      { resize: "stretch", to: [8, 8], interp: "constructor" },
    ],
    ["floats before resizing", { decode: "bgr8", to: "f32" }],
    ["another decoder", { decode: "bgr8", backend: "pillow" }],
    ["a pad on all sides", { pad: "centre", to: [8, 8] }],
    ["a size of three numbers", { center_crop: [8, 8, 8] }],
    ["a size below one", { center_crop: 0 }],
    ["a std of 0", { normalize: { mean: 0, std: [1, 0, 1] } }],
    ["a mean for one channel", { normalize: { mean: [1], std: 1 } }],
    [
      "a resize after the normalisation",
      [{ normalize: {} }, { resize: "stretch", to: 8 }],
    ],
    ["no step", 7],
    ["null", null],
  ])("leaves %s to the device's program", (_, said) => {
    expect(parseSteps(Array.isArray(said) ? said : [said])).toHaveProperty(
      "beyond",
    );
  });

  test("reads any JSON, or says what is beyond it", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (said) => {
        const steps = parseSteps(said);
        expect("beyond" in steps || steps.length === said.length).toBe(true);
      }),
    );
  });
});

describe("sizeAfter", () => {
  const size = (said: unknown[], width: number, height: number) => {
    const steps = parseSteps(said);
    if ("beyond" in steps) throw new Error(steps.beyond);
    const found = sizeAfter(steps, { width, height });
    return found && [found.width, found.height];
  };

  test.each<[string, unknown[], [number, number], [number, number] | null]>([
    ["stretches", [{ resize: "exact", to: [8, 6] }], [50, 30], [8, 6]],
    // mmcv rounds half up: 1333 / 640 · 427 = 889.36, 800 / 427 · 640 = 1199.06.
    [
      "keeps the ratio, the larger number for the longer side",
      [{ resize: "keep_ratio", to: [1333, 800] }],
      [427, 640],
      [800, 1199],
    ],
    [
      "truncates a short edge's other side",
      [{ resize: "short_edge", to: 256 }],
      [500, 375],
      [341, 256],
    ],
    [
      "truncates a long edge's other side",
      [{ resize: "long_edge", to: 256 }],
      [500, 375],
      [256, 192],
    ],
    ["crops no more than there is", [{ center_crop: 20 }], [30, 10], [20, 10]],
    [
      "pads to a multiple",
      [{ pad: "bottom_right", divisor: 32 }],
      [33, 32],
      [64, 32],
    ],
    [
      "pads to a square",
      [{ pad: "bottom_right", to: "square" }],
      [33, 20],
      [33, 33],
    ],
    [
      "leaves a larger picture",
      [{ pad: "bottom_right", to: [10, 40] }],
      [33, 20],
      [33, 40],
    ],
    [
      "refuses a picture that fills memory",
      [{ resize: "stretch", to: [100_000, 100_000] }],
      [4, 4],
      null,
    ],
    [
      "refuses rows that fill memory before columns",
      [{ resize: "stretch", to: [9000, 1] }],
      [2, 2000],
      null,
    ],
    [
      "refuses an empty picture",
      [{ resize: "long_edge", to: 1 }],
      [1, 9],
      null,
    ],
  ])("%s", (_, said, [width, height], expected) => {
    expect(size(said, width, height)).toEqual(expected);
  });
});
