import { expect, test } from "vitest";
import { placesOf } from "../../src/model/layout.ts";
import { summariseModel } from "../../src/report/summarise-model.ts";
import { sampleConversion } from "../support/report-samples.ts";
import { plannedModel, samplePlan } from "../support/sample-plan.ts";

test.each<[string, unknown, object | undefined]>([
  [
    "axes and why",
    { height: "windows", width: "windows" },
    { height: "windows", width: "windows" },
  ],
  ["nothing of another kind", { height: 512 }, undefined],
  ["nothing where it says none", undefined, undefined],
  ["nothing where it says a word", "height", undefined],
])("of what the engine fixed the summary has %s", (_, fixed_axes, fixed) => {
  const model = plannedModel();
  const summary = summariseModel({
    plan: samplePlan({ models: [model] }),
    model,
    conversion: sampleConversion({ environment: { fixed_axes } }),
    verdict: null,
    performance: null,
    places: placesOf(model.name, {
      model: "model",
      edge: "edge",
      evidence: "evidence",
    }),
  });

  expect(summary.fixed).toEqual(fixed);
});
