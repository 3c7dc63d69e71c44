import { expect, test } from "vitest";
import { placesOf } from "../../src/model/layout.ts";
import { summariseModel } from "../../src/report/summarise-model.ts";
import { sampleConversion } from "../support/report-samples.ts";
import { plannedModel, samplePlan } from "../support/sample-plan.ts";
import { sampleVerdict } from "../support/verdict-samples.ts";

const PATHS = { model: "model", edge: "edge", evidence: "evidence" };

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
    places: placesOf(model.name, PATHS),
    canFetch: true,
  });

  expect(summary.fixed).toEqual(fixed);
});

test.each([
  [true, /^model-to-edge validate /],
  [false, /^model-to-edge run --store .* --publish none$/],
])(
  "a model that may ship, fetchable %s, is shown again by what there is",
  (canFetch, command) => {
    const model = plannedModel();
    const { reproduce } = summariseModel({
      plan: samplePlan({ models: [model] }),
      model,
      conversion: sampleConversion(),
      verdict: sampleVerdict(),
      performance: null,
      places: placesOf(model.name, PATHS),
      canFetch,
    });

    expect(reproduce).toMatch(command);
  },
);
