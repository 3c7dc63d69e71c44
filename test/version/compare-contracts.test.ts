import { describe, expect, test } from "vitest";
import type { Json } from "../../src/version/json.ts";
import {
  BASE,
  changes,
  DETS,
  dets,
  input,
  LABELS,
  outputs,
} from "./detector-contract.ts";

test("the same contract, its keys in another order or null where left out, is no change", () => {
  const { classes, ...rest } = BASE;
  const other = { classes, ...rest, weights: null, postprocess: null };

  expect(changes(BASE, other)).toEqual({ level: "none", lines: [] });
});

describe("additive", () => {
  test.each<[string, Json, Json, string]>([
    [
      "an axis opened",
      input({ shape: [1, 3, "height", "width"] }),
      BASE,
      "image was [1,3,height,width], is [batch,3,height,width]",
    ],
    [
      "a wider range",
      input({ h: [64, 640, 640] }),
      BASE,
      "axis 2 of image took 64 to 640 in steps of 32, takes 64 to 1280 in steps of 32",
    ],
    ["a finer stride", BASE, input({ stride: 16 }), "in steps of 16"],
    [
      "an end that is gone",
      {
        ...BASE,
        input: {
          name: "x",
          dtype: "i64",
          shape: [1, "length"],
          max: { length: 512 },
        },
      },
      { ...BASE, input: { name: "x", dtype: "i64", shape: [1, "length"] } },
      "axis 1 of x took 0 to 512, takes 0 and more",
    ],
    [
      "an output behind the others",
      BASE,
      outputs(DETS, LABELS, { name: "masks", dtype: "f32", shape: [1] }),
      "output masks is new",
    ],
    [
      "names for the classes",
      { ...BASE, classes: null },
      BASE,
      "the 3 classes now have names",
    ],
    ["a newer opset", BASE, { ...BASE, opset: 17 }, "opset was 13, is 17"],
  ])("%s", (_, was, is, line) => {
    const found = changes(was, is);
    expect(found.level).toBe("additive");
    expect(found.lines).toContainEqual(expect.stringContaining(line));
  });
});

test("an axis that opens but cannot have the length that it had is breaking", () => {
  const fixed = input({ shape: ["batch", 3, 100, 100] });

  expect(changes(fixed, BASE).level).toBe("breaking");
});

test("weights of the running mean are other numbers through the same contract", () => {
  expect(changes(BASE, { ...BASE, weights: "EMA" })).toEqual({
    level: "weights",
    lines: ['weights was nothing, is "EMA"'],
  });
});

test("the name of an open axis is nothing that a program sees", () => {
  expect(changes(BASE, dets({ shape: ["batch", "boxes", 5] })).level).toBe(
    "none",
  );
});

test("many renamed classes take four lines", () => {
  const many = (letter: string) =>
    Array.from({ length: 80 }, (_, i) => `${letter}${i}`);
  const found = changes(
    { ...BASE, classes: many("a") },
    { ...BASE, classes: many("b") },
  );

  expect(found.lines).toHaveLength(4);
  expect(found.lines.at(-1)).toBe("77 more classes have different names");
});
