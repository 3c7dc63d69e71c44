import { describe, expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";

/** A model of pictures with open axes and one output of this shape. */
function model(
  output: (number | string)[],
  more: Partial<ModelInput> = {},
): ModelInput {
  return {
    nodes: [{ op: "Identity", inputs: ["input"], outputs: ["output"] }],
    inputs: [{ name: "input", dims: ["b", 3, "h", "w"] }],
    outputs: [{ name: "output", dims: output }],
    ...more,
  };
}
const said = (shape: (number | string)[], input: object = {}) => ({
  input: {
    name: "input",
    dtype: "f32",
    shape: ["b", 3, "h", "w"],
    layout: "NCHW",
    ...input,
  },
  outputs: [{ name: "output", dtype: "f32", shape }],
});
const FOUR = ["b", 4, "h", "w"];
const SINGLE = model(FOUR, {
  weights: {
    w: { dims: [8, 16], values: Array.from({ length: 128 }, Number) },
  },
});

describe("the contract: lengths, versions, precision", () => {
  test.each<[string, ModelInput, object, string]>([
    [
      "lengths that do not ascend",
      model(FOUR),
      said(FOUR, { h: [64, 32, 128] }),
      "they must be in ascending order (smallest, usual, largest)",
    ],
    [
      "lengths of an axis that is fixed",
      { ...model(FOUR), inputs: [{ name: "input", dims: [1, 3, "h", "w"] }] },
      { ...said(FOUR, { shape: [1, 3, "h", "w"], b: [1, 1, 4] }) },
      'it declares the lengths 1, 1, 4 of axis 0 of the input "input", but the model fixes it at 1',
    ],
    [
      "a runtime that is too old",
      model(FOUR, { opset: 17 }),
      { ...said(FOUR), min_ort: "1.8" },
      "ONNX Runtime 1.8 as sufficient (min_ort), but opset 17 needs 1.12",
    ],
    [
      "half floats in fp32",
      model(FOUR, {
        weights: {
          w: {
            dims: [8, 16],
            values: [],
            type: 10,
            external: { location: "w.bin" },
          },
        },
      }),
      { ...said(FOUR), precision: "fp32" },
      'it declares the precision fp32, but the weight "w" is float16',
    ],
    [
      "integers in fp32",
      model(FOUR, {
        nodes: [{ op: "QLinearConv", inputs: ["input"], outputs: ["output"] }],
      }),
      { ...said(FOUR), precision: "fp32" },
      "computes with integers (QLinearConv)",
    ],
    ...["fp16", "bf16", "int8"].map(
      (precision): [string, ModelInput, object, string] => [
        `float32 in ${precision}`,
        SINGLE,
        { ...said(FOUR), precision },
        `the precision ${precision}, but the weight "w" is float32, and nothing in the model is ${precision}`,
      ],
    ),
  ])("refuses %s", async (_, graph, contract, message) => {
    expect(await contractFinding(graph, contract)).toMatchObject({
      kind: "wrong",
      message: expect.stringContaining(message),
    });
  });

  test.each<[string, object]>([
    [
      "lengths of open axes",
      said(FOUR, { b: [1, 1, 8], h: [32, 64, 128], stride: 32 }),
    ],
    ["a runtime that is new enough", { ...said(FOUR), min_ort: "1.12" }],
    ["a runtime of the future", { ...said(FOUR), min_ort: "1.99.2" }],
    ["another precision", { ...said(FOUR), precision: "mixed" }],
    ["half floats without a weight", { ...said(FOUR), precision: "fp16" }],
    ["keys of its own", { ...said(FOUR), notes: { anything: true } }],
  ])("takes %s", async (_, contract) => {
    expect(await contractFinding(model(FOUR), contract)).toMatchObject({
      status: "pass",
    });
  });

  test("says which weights these are, and where the classes come from", async () => {
    const named = {
      ...said(FOUR),
      weights: "ema_state_dict",
      classes: ["a"],
      classes_from: "classes.txt",
    };
    expect((await contractFinding(model(FOUR), named)).details).toMatchObject({
      weights: "ema_state_dict",
      classes: 1,
      classes_from: "classes.txt",
    });
  });
});
