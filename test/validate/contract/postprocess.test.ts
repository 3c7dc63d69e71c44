import { describe, expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import { safetensors } from "../../support/references-writer.ts";

const BOXES = ["b", "n", 5];
const MODEL: ModelInput = {
  nodes: [{ op: "Identity", inputs: ["input"], outputs: ["dets"] }],
  inputs: [{ name: "input", dims: BOXES }],
  outputs: [{ name: "dets", dims: BOXES }],
};
/** Two boxes, and a row that fills up. */
const ROWS = [0, 0, 8, 8, 0.9, 2, 2, 4, 4, 0.5, 0, 0, 0, 0, 0];
const TENSOR = { dtype: "F32" as const, shape: [1, 3, 5], values: ROWS };

const finding = (output: object, postprocess: string[] = []) =>
  contractFinding(
    MODEL,
    {
      inputs: [{ name: "input", dtype: "f32", shape: BOXES }],
      outputs: [{ name: "dets", dtype: "f32", shape: BOXES, ...output }],
      postprocess,
    },
    safetensors({ "one/in/input": TENSOR, "one/fp32/dets": TENSOR }),
  );

describe("what contract.json tells a device to do with the outputs", () => {
  test.each<[string, object, string[], string]>([
    [
      "another threshold",
      { threshold: 0.5 },
      ["keep score>=0.05"],
      'its step "keep score>=0.05" has another number than threshold (0.5)',
    ],
    [
      "another number of labels",
      { top_k: 3 },
      ["top 5"],
      'its step "top 5" has another number than top_k (3)',
    ],
    [
      "the best of what are classes already",
      { activation: "argmax_inside" },
      ["argmax"],
      'its step "argmax" is for scores, but "dets" holds classes already',
    ],
    [
      "boxes inside of boxes",
      { format: "x1y1x2y2s", space: "box" },
      [],
      'it says space "box" of "dets", which holds boxes (format x1y1x2y2s)',
    ],
    [
      "another score of rows that fill up",
      { format: "x1y1x2y2s", padding: { score: -1 } },
      [],
      'rows of "dets" without a box have the score -1, but the source gives such rows 0',
    ],
  ])("%s is wrong", async (_, output, steps, words) => {
    const found = await finding(output, steps);

    expect(found).toMatchObject({ status: "fail", kind: "wrong" });
    expect(found.message).toContain(words);
  });

  test.each<[object, string[]]>([
    [{ threshold: 0.5 }, ["keep score>=0.5"]],
    [{ threshold: 1 / 3 }, ["keep mask>=0.333333"]],
    [{ top_k: 3 }, ["top 3"]],
    [
      { format: "x1y1x2y2s", padding: { score: 0 }, space: "padded_input_px" },
      ["drop score<=0", "clip to image", "drop boxes without area"],
    ],
    [{}, ["drop boxes with a side<=2", "x/scale_x", "y/scale_y"]],
    [{}, ["mean of windows", "crop padding", "linear resize to original"]],
  ])("%j with %j is fine", async (output, steps) => {
    expect(await finding(output, steps)).toMatchObject({ status: "pass" });
  });

  test.each(["drop score<=0.5", "x*scale_x", "softmax"])(
    "a step that no check understands is a warning that names it: %s",
    async (step) => {
      const found = await finding({}, ["drop boxes without area", step]);

      expect(found.status).toBe("warn");
      expect(found.message).toContain(
        `the step "${step}" of postprocess, which is not checked`,
      );
    },
  );
});
