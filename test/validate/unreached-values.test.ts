import { describe, expect, test } from "vitest";
import type { ModelInput, NodeInput } from "../support/onnx-writer.ts";
import { decided, scalar, untaken } from "../support/untaken.ts";

const INT64 = 7;

describe("a number that no reference chooses", () => {
  const node = (op: string, ...inputs: string[]): Partial<ModelInput> => ({
    nodes: [
      { op: "Less", inputs: ["x", "one"], outputs: ["is"] },
      { op, name: "guard", inputs, outputs: ["y"] },
    ],
    weights: { low: scalar(-5), high: scalar(5), none: scalar(-3.4e38) },
  });

  test.each<[string, Partial<ModelInput>, number[], string | null]>([
    ["of Clip", node("Clip", "x", "low", "high"), [7, 0], "lower bound"],
    ["of Clip", node("Clip", "x", "", "high"), [0], "upper bound"],
    ["of Clip", node("Clip", "x", "none", "high"), [6], null],
    ["of Max", node("Max", "x", "low"), [0], "second value of the Max"],
    ["of Min", node("Min", "low", "x"), [0], "second value of the Min"],
    ["of Max", node("Max", "x", "low"), [0, -6], null],
    ["of Max with itself", node("Max", "x", "x"), [0], null],
    ["of Where", node("Where", "is", "x", "high"), [0], "second value"],
    ["of Where", node("Where", "is", "x", "high"), [0, 2], null],
  ])("%s", async (_, model, numbers, words) => {
    const said = await untaken(model, numbers);

    expect(said.length).toBe(words === null ? 0 : 1);
    expect(said.join()).toContain(words ?? "");
  });
});

test.each<[string, NodeInput, number | string, number]>([
  [
    "an open length",
    { op: "Size", inputs: ["x"], outputs: ["size"] },
    "rows",
    1,
  ],
  ["a fixed length", { op: "Size", inputs: ["x"], outputs: ["size"] }, 2, 0],
  [
    "a constant",
    { op: "Identity", inputs: ["many"], outputs: ["size"] },
    "rows",
    0,
  ],
])("a branch that %s chooses", async (_, size, rows, count) => {
  const nodes = decided("y").filter(({ op }) => op === "If");
  nodes.unshift(size, {
    op: "Less",
    inputs: ["size", "many"],
    outputs: ["y.is"],
  });

  const said = await untaken(
    { nodes, weights: { many: scalar(99, INT64) } },
    [0],
    rows,
  );

  expect(said).toHaveLength(count);
});

test("a score of boxes that a detector drops may be chosen by no reference", async () => {
  const nodes: NodeInput[] = [
    { op: "Less", inputs: ["x", "one"], outputs: ["is"] },
    { op: "Where", inputs: ["is", "x", "zero"], outputs: ["y"] },
    { op: "Reshape", inputs: ["y", "flat"], outputs: ["scores"] },
    {
      ...{ op: "NonMaxSuppression", outputs: ["kept"] },
      inputs: ["boxes", "scores"],
    },
  ];
  const weights = {
    ...{
      zero: scalar(0),
      flat: { dims: [3], values: [1, 1, -1], type: INT64 },
    },
    boxes: { dims: [1, 4, 4], values: Array.from({ length: 16 }, Number) },
  };

  expect(await untaken({ nodes, weights }, [0])).toEqual([]);
  expect(
    await untaken({ nodes: nodes.slice(0, 2), weights }, [0]),
  ).toHaveLength(1);
});
