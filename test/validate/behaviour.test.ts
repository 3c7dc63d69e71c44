import { describe, expect, test } from "vitest";
import { levelFolder } from "../support/detector-levels.ts";
import { validate } from "../support/validate.ts";
import { reweigh } from "./mutations/edits.ts";

const found = async (folder: Promise<string>, check = "behaviour") => {
  const verdict = await validate(await folder);
  const result = verdict.checks.find((each) => each.check === check);
  if (!result) throw new Error(`no check ${check}`);
  return { ...result, outcome: verdict.outcome, sentence: verdict.sentence };
};
const hiddenFault = reweigh("bias.1", (value) => value + 0.01);

describe("a detector whose second level keeps no box in any reference", () => {
  test("is green where all its levels are the source's", async () => {
    const { status, message, outcome, sentence } = await found(levelFolder());
    expect(outcome, sentence).toBe("pass");
    expect(status).toBe("pass");
    expect(message).toContain("2 tensors before the outputs are the unpatched source's");
    expect(message).toContain("100 %");
  });

  test("is red where that level's bias is wrong, though every box is equal", async () => {
    const folder = levelFolder({ model: hiddenFault });
    expect(await found(folder, "parity")).toMatchObject({ status: "pass" });
    const { status, kind, message, outcome } = await found(folder);
    expect([outcome, status, kind]).toEqual(["fail", "fail", "wrong"]);
    expect(message).toContain(
      "the raw class scores of level 1 (raw.cls_scores.1) differ in 3 of 3 channels: element [",
    );
    expect(message).toMatch(/of case \S+ is \S+ in the ONNX and \S+ in the source/);
  });

  test("cannot show that fault without inner tensors, and says so", async () => {
    const { status, message, outcome } = await found(levelFolder({ model: hiddenFault, evidence: { inner: false } }));
    expect([outcome, status]).toEqual(["warn", "warn"]);
    expect(message).toContain("compared after NMS only: a fault in boxes that no reference keeps would not show");
  });
});
