import { describe, expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";

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

describe("the contract: one class for each score", () => {
  const classes = ["a", "b", "c"];
  const labels = (
    values: number[],
    dtype: "F32" | "I64" = "I64",
  ): TensorValue => ({
    dtype,
    shape: [values.length],
    values,
  });
  const references = (
    tensors: Record<string, TensorValue>,
    metadata: Record<string, string> = {},
  ) =>
    safetensors(
      {
        "one/in/input": {
          dtype: "F32",
          shape: [1, 3, 1, 1],
          values: [1, 2, 3],
        },
        ...tensors,
      },
      metadata,
    );

  test.each<[string, object, (number | string)[], Buffer | null, string]>([
    [
      "a classifier's columns",
      { task: "classification" },
      ["b", 4],
      null,
      "it names 3 classes, but the model gives 4 scores",
    ],
    [
      "a segmentor's logits",
      { task: "segmentation" },
      FOUR,
      null,
      "the model gives 4 scores",
    ],
    [
      "columns that only the references know",
      { task: "classification" },
      ["b", "k"],
      references({
        "one/fp32/output": { dtype: "F32", shape: [1, 2], values: [1, 2] },
      }),
      "the model gives 2 scores",
    ],
    [
      "scores inside of a detector",
      { task: "detection" },
      ["b", "k"],
      references(
        {
          "one/aux/fp32/nms.scores": {
            dtype: "F32",
            shape: [1, 1, 2],
            values: [1, 2],
          },
        },
        { "inner/nms.scores": "rewritten" },
      ),
      'the model gives 2 scores in "nms.scores"',
    ],
  ])("counts %s", async (_, task, shape, file, message) => {
    const found = await contractFinding(
      model(shape),
      { ...said(shape), ...task, classes },
      file,
    );
    expect(found).toMatchObject({
      kind: "wrong",
      message: expect.stringContaining(message),
    });
  });

  test("takes one score for two classes, which a threshold tells apart", async () => {
    const shape = ["b", 1, "h", "w"];
    const contract = { ...said(shape), task: "segmentation" };
    expect(
      await contractFinding(model(shape), {
        ...contract,
        classes: ["no", "yes"],
      }),
    ).toMatchObject({
      status: "pass",
    });
    expect(
      await contractFinding(model(shape), { ...contract, classes }),
    ).toMatchObject({ status: "fail" });
  });

  test.each<[string, number[], object, string | null]>([
    [
      "beyond the last class",
      [0, 3],
      { label_offset: 0 },
      "it names 3 classes, but the source gives the label 3",
    ],
    [
      "beyond the last class, by a threshold",
      [0, 3],
      { activation: "threshold_inside" },
      "it names 3 classes, but the source gives the label 3",
    ],
    ["that begin at 1", [1, 3], { label_offset: 1 }, null],
    [
      "below the first class",
      [0, 2],
      { label_offset: 1 },
      "its label_offset is 1, but the source gives the label 0",
    ],
    [
      "of padding beside labels that begin at 1",
      [-1, 1],
      { label_offset: 1 },
      null,
    ],
    [
      "that are ignored",
      [0, 255],
      { activation: "argmax_inside", ignore_index: 255 },
      null,
    ],
    ["of padding", [-1, 2], { label_offset: 0 }, null],
  ])("looks at labels %s", async (_, values, meaning, message) => {
    const contract = said(["n"]);
    const outputs = [{ ...contract.outputs[0], dtype: "i64", ...meaning }];
    const graph = model(["n"], {
      outputs: [{ name: "output", dims: ["n"], type: 7 }],
    });
    const file = references({ "one/fp32/output": labels(values) });
    const found = await contractFinding(
      graph,
      { ...contract, outputs, task: "detection", classes },
      file,
    );
    expect(found.status).toBe(message ? "fail" : "pass");
    if (message) expect(found.message).toContain(message);
  });
});
