import { expect, test } from "vitest";
import { noticesOf } from "../../src/plan/model-notices.ts";
import { sampleManifest } from "../support/release-facts-sample.ts";
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

test("a model that was copied from another store is not called changed file by file", () => {
  const files = ["edge/det/contract.json", "edge/det/end2end.onnx"];
  const published = sampleManifest({
    files: files.map((path) => ({ path, size: 1, token: "t", sha256: "s" })),
  });
  const witnesses = { keys: [], publisher: null };
  const told = (altered: string[], missing: string[] = []) =>
    noticesOf(plannedModel({ altered, published }), { witnesses }, { missing });

  expect(told(files)).toEqual([
    expect.stringContaining("copied here from another store"),
  ]);
  expect(told(files.slice(1))).toEqual([
    expect.stringContaining("someone changed it"),
  ]);
  expect(told(files, files.slice(1))).toHaveLength(2);
});
