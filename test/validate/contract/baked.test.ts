import { describe, expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import {
  SUPPRESSING_CONTRACT,
  SUPPRESSING_MODEL,
} from "../../support/suppressing-detector.ts";
import { ints } from "../mutations/edits.ts";

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
      "it declares baked.nms_iou 0.5, but the model's NonMaxSuppression has 0.6",
    ],
    [
      "the score",
      { score_thr: 0.1 },
      "it declares baked.score_thr 0.1, but the model's NonMaxSuppression has 0.05",
    ],
    [
      "boxes before",
      { pre_topk: 1000 },
      "it declares baked.pre_topk 1000, but the model's TopK takes 5000",
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
      "it declares max_k 300, but the model's TopK takes 100",
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
