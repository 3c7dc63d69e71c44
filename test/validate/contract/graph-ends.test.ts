import { describe, expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";

const SHAPE = ["b", 3];

/** The operator, and one behind it that only moves its numbers. */
function endingIn(op: string, domain = ""): ModelInput {
  return {
    opset: 17,
    opsets: domain === "" ? {} : { [domain]: 1 },
    nodes: [
      { op, domain, inputs: ["input"], outputs: ["inner"] },
      { op: "Identity", inputs: ["inner"], outputs: ["output"] },
    ],
    inputs: [{ name: "input", dims: SHAPE }],
    outputs: [{ name: "output", dims: SHAPE }],
  };
}

const finding = (model: ModelInput, activation: string) =>
  contractFinding(model, {
    inputs: [{ name: "input", dtype: "f32", shape: SHAPE }],
    outputs: [{ name: "output", dtype: "f32", shape: SHAPE, activation }],
  });

describe("the operator that an output ends in", () => {
  test.each([
    ["Sigmoid", "none", "sigmoid_inside"],
    ["Sigmoid", "softmax_inside", "sigmoid_inside"],
    ["LogSoftmax", "none", "log_softmax_inside"],
    ["Softmax", "none", "softmax_inside"],
    ["ArgMax", "threshold_inside", "argmax_inside"],
  ])("%s is not what %s says", async (op, activation, is) => {
    const found = await finding(endingIn(op), activation);

    expect(found).toMatchObject({ status: "fail", kind: "wrong" });
    expect(found.message).toContain(
      `it says ${activation} of "output", but the graph ends in ${op} there (${is})`,
    );
  });

  test.each([
    ["Sigmoid", "sigmoid_inside"],
    ["Softmax", "softmax_inside"],
    ["LogSoftmax", "log_softmax_inside"],
    ["ArgMax", "argmax_inside"],
    ["Relu", "none"],
    ["Relu", "softmax_inside"],
  ])("%s may be called %s", async (op, activation) => {
    expect(await finding(endingIn(op), activation)).toMatchObject({
      status: "pass",
    });
  });

  test("of another domain says nothing", async () => {
    const found = await finding(endingIn("Sigmoid", "own"), "none");

    expect(found.status).toBe("pass");
  });
});
