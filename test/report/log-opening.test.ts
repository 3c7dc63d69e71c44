import { expect, it } from "vitest";
import { renderLogOpening } from "../../src/report/log-opening.ts";
import { plannedModel, samplePlan } from "../support/sample-plan.ts";

const failure = {
  kind: "input",
  code: "file-ambiguous",
  message: "two checkpoints",
  hint: "keep one",
} as const;

it("before anything is converted the log says branch, commit, and what becomes of each model", () => {
  const models = [
    plannedModel({ name: "a", decision: "convert" }),
    plannedModel({ name: "b", decision: "recheck" }),
    ...[..."cdefghi"].map((name) =>
      plannedModel({ name, decision: "unchanged" }),
    ),
    plannedModel({ name: "bad", decision: "refused", failure }),
  ];
  const plan = samplePlan({ models });

  expect(renderLogOpening(plan)).toEqual([
    `branch: ${plan.store.branch}, commit ${plan.store.snapshot}`,
    "1 model to convert: a",
    "1 model to check again without converting: b",
    "7 models unchanged: c, d, e, f, g and 2 more",
    "1 model refused (other models continue): bad",
    "  x bad  two checkpoints",
    "      next: keep one",
  ]);
});

it("a log of nothing to do begins with the reason", () => {
  const { store } = samplePlan({});
  const plan = samplePlan({
    models: [],
    skipped: "the store has no branch x",
    store: { ...store, snapshot: "" },
  });

  expect(renderLogOpening(plan)).toEqual([
    `branch: ${store.branch}`,
    "models: none. the store has no branch x",
  ]);
});
