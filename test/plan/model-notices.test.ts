import { expect, test } from "vitest";
import { noticesOf } from "../../src/plan/model-notices.ts";
import { plannedModel } from "../support/sample-plan.ts";

test("a published file that was removed is called missing, one that was changed is not", () => {
  const altered = ["edge/det/contract.json", "edge/det/end2end.onnx"];
  const notices = noticesOf(
    plannedModel({ altered }),
    { witnesses: { keys: [], publisher: null } },
    { missing: ["edge/det/contract.json"] },
  );
  expect(notices).toEqual([
    "edge/det/contract.json is missing: someone removed it from the store",
    "edge/det/end2end.onnx differs from what was verified: someone changed it in the store",
  ]);
});
