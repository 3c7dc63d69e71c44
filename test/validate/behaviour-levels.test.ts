import { describe, expect, test } from "vitest";
import { levelFolder } from "../support/detector-levels.ts";
import { found, foundBy, hiddenFault } from "./behaviour-findings.ts";

describe("a detector whose second level keeps no box in any reference", () => {
  test("is green where all its levels are the source's", async () => {
    const { status, message, outcome, sentence } = await found(levelFolder());
    expect(outcome, sentence).toBe("pass");
    expect(status).toBe("pass");
    expect(message).toContain(
      "intermediate tensors that match the unpatched source: 2",
    );
    expect(message).toContain("100 %");
  });

  test("is red where that level's bias is wrong, though every box is equal", async () => {
    const folder = levelFolder({ model: hiddenFault });
    expect(await foundBy("parity", folder)).toMatchObject({ status: "pass" });
    const { status, kind, message, outcome } = await found(folder);
    expect([outcome, status, kind]).toEqual(["fail", "fail", "wrong"]);
    expect(message).toContain(
      "the raw class scores of level 1 (raw.cls_scores.1) differ in 3 of 3 channels: element [",
    );
    expect(message).toMatch(
      /of case \S+ is \S+ in the ONNX model and \S+ in the source/,
    );
  });

  test("cannot show that fault without inner tensors, and says so", async () => {
    const { status, message, outcome } = await found(
      levelFolder({ model: hiddenFault, evidence: { inner: false } }),
    );
    expect([outcome, status]).toEqual(["warn", "warn"]);
    expect(message).toContain(
      "compared after NMS only: a fault in boxes that no reference keeps would not be detected",
    );
  });
});
