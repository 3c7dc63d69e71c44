import { describe, expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";
import {
  SUPPRESSING_CONTRACT,
  SUPPRESSING_MODEL,
} from "../../support/suppressing-detector.ts";
import { ints } from "../mutations/edits.ts";

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

describe("the contract: lengths, versions, precision", () => {
  test.each<[string, ModelInput, object, string]>([
    [
      "lengths that do not ascend",
      model(FOUR),
      said(FOUR, { h: [64, 32, 128] }),
      "smallest, usual, largest are to ascend",
    ],
    [
      "lengths of an axis that is fixed",
      { ...model(FOUR), inputs: [{ name: "input", dims: [1, 3, "h", "w"] }] },
      { ...said(FOUR, { shape: [1, 3, "h", "w"], b: [1, 1, 4] }) },
      'it declares the lengths 1, 1, 4 of axis 0 of the input "input", which the model fixes at 1',
    ],
    [
      "a runtime that is too old",
      model(FOUR, { opset: 17 }),
      { ...said(FOUR), min_ort: "1.8" },
      "ONNX Runtime 1.8 is enough (min_ort), but opset 17 needs 1.12",
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
      'it says the precision fp32, the weight "w" is float16',
    ],
    [
      "integers in fp32",
      model(FOUR, {
        nodes: [{ op: "QLinearConv", inputs: ["input"], outputs: ["output"] }],
      }),
      { ...said(FOUR), precision: "fp32" },
      "computes with integers (QLinearConv)",
    ],
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
      "it names 3 classes, the model gives 4 scores",
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
      "that are ignored",
      [0, 255],
      { activation: "argmax_inside", ignore_index: 255 },
      null,
    ],
    ["of padding", [-1, 2], { label_offset: 0 }, null],
  ])("looks at labels %s", async (_, values, meaning, message) => {
    const contract = said(["b"]);
    const outputs = [{ ...contract.outputs[0], dtype: "i64", ...meaning }];
    const graph = model(["b"], {
      outputs: [{ name: "output", dims: ["b"], type: 7 }],
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

describe("the contract: what is baked in", () => {
  const finding = (contract: object, change: Partial<ModelInput> = {}) =>
    contractFinding(
      { ...SUPPRESSING_MODEL, ...change },
      { ...SUPPRESSING_CONTRACT, ...contract },
    );

  test.each<[string, object, string]>([
    [
      "the overlap",
      { nms_iou: 0.5 },
      "it says baked.nms_iou 0.5, the model's NonMaxSuppression has 0.6",
    ],
    [
      "the score",
      { score_thr: 0.1 },
      "it says baked.score_thr 0.1, the model's NonMaxSuppression has 0.05",
    ],
    [
      "boxes before",
      { pre_topk: 1000 },
      "it says baked.pre_topk 1000, the model's TopK takes 5000",
    ],
  ])("compares %s", async (_, change, message) => {
    const found = await finding({
      baked: { ...SUPPRESSING_CONTRACT.baked, ...change },
    });
    expect(found).toMatchObject({
      kind: "wrong",
      message: expect.stringContaining(message),
    });
  });

  test("compares boxes after", async () => {
    const [dets, labels] = SUPPRESSING_CONTRACT.outputs;
    const found = await finding({ outputs: [{ ...dets, max_k: 300 }, labels] });
    expect(found.message).toContain(
      "it says max_k 300, the model's TopK takes 100",
    );
  });

  test("looks at the last of several suppressions", async () => {
    const proposals = [
      {
        op: "NonMaxSuppression",
        inputs: ["all.boxes", "all.scores", "most", "other_iou"],
        outputs: ["proposals"],
      },
      { op: "Mul", inputs: ["proposals", "zero"], outputs: ["nothing"] },
    ];
    const nodes = SUPPRESSING_MODEL.nodes.map((node) =>
      node.outputs[0] === "boxes"
        ? { ...node, inputs: [...node.inputs, "nothing"] }
        : node,
    );
    const weights = {
      ...SUPPRESSING_MODEL.weights,
      other_iou: { dims: [1], values: [0.7] },
    };
    expect(
      await finding({}, { nodes: [...proposals, ...nodes], weights }),
    ).toMatchObject({ status: "pass" });
  });

  test("says that there is no suppression where one is promised", async () => {
    const nodes = SUPPRESSING_MODEL.nodes.map((node) =>
      node.op === "NonMaxSuppression" ? { ...node, op: "Concat" } : node,
    );
    expect((await finding({}, { nodes })).message).toContain(
      "the model has no NonMaxSuppression",
    );
  });

  test("takes thresholds that are computed, of other domains, or not said, as they are", async () => {
    const { nms_iou: _, ...weights } = SUPPRESSING_MODEL.weights ?? {};
    const computed = [
      { op: "Exp", inputs: ["zero"], outputs: ["nms_iou"] },
      ...SUPPRESSING_MODEL.nodes,
    ];
    expect((await finding({}, { weights, nodes: computed })).status).toBe(
      "pass",
    );
    const other = SUPPRESSING_MODEL.nodes.map((node) =>
      node.op === "NonMaxSuppression"
        ? { ...node, op: "TRTBatchedNMS", domain: "mmdeploy" }
        : node,
    );
    expect((await finding({}, { nodes: other })).status).toBe("pass");
    expect((await finding({ baked: {} })).status).toBe("pass");
    expect(
      (
        await finding({
          baked: { nms_iou: null, score_thr: null, pre_topk: null },
        })
      ).status,
    ).toBe("pass");
  });

  test.each([1, "batch"])(
    "takes a length that fixed axes have made smaller, with a batch of %s",
    async (batch) => {
      const weights = { ...SUPPRESSING_MODEL.weights, pre_topk: ints(21) };
      const inputs = [{ name: "x", dims: [batch, 21, 7] }];
      const contract = {
        input: { ...SUPPRESSING_CONTRACT.input, shape: [batch, 21, 7] },
      };
      expect((await finding(contract, { weights, inputs })).status).toBe(
        "pass",
      );
    },
  );
});
