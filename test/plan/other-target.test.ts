import { expect, it } from "vitest";
import { readCiVariables } from "../../src/environment/ci-variables.ts";
import { otherTargetNotices } from "../../src/plan/other-target.ts";

const LAKEFS = {
  mergeCommand: (from: string, into: string) =>
    `lakectl merge lakefs://vision/${from} lakefs://vision/${into}`,
};
const REQUEST = {
  CI_PIPELINE_SOURCE: "merge_request_event",
  CI_MERGE_REQUEST_IID: "7",
  CI_MERGE_REQUEST_PROJECT_ID: "3",
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "3",
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/b",
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "feature/a",
  CI_DEFAULT_BRANCH: "main",
};

function told(
  more: Record<string, string> = {},
  store: Parameters<typeof otherTargetNotices>[1] = LAKEFS,
) {
  const ci = readCiVariables({ ...REQUEST, ...more });
  return otherTargetNotices(ci, store, "feature--b").join("\n");
}

it("tells of a stacked merge request that nobody lands its data, and how to", () => {
  expect(told()).toBe(
    "this merge request goes into `feature/a`, and `land` runs on `main` alone: nothing merges the data branch `feature--b` into `feature--a`; merge it by hand after the Git merge: `lakectl merge lakefs://vision/feature--b lakefs://vision/feature--a`, or make `main` its target",
  );
  expect(told({}, { mergeCommand: () => null })).toContain(
    "take its models over by hand",
  );
});

it.each([
  ["into the default branch", { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main" }],
  ["of the default branch", { CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "main" }],
  ["from a fork", { CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "4" }],
  ["without a known target", { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "" }],
  ["without a known default", { CI_DEFAULT_BRANCH: "" }],
])("says nothing of a merge request %s", (_, more) => {
  expect(told(more)).toBe("");
});
