import { expect, it } from "vitest";
import {
  type Conversion,
  emptyConversion,
} from "../../src/convert/conversion.ts";
import { readSeconds, SECONDS_KEY } from "../../src/plan/last-seconds.ts";
import { commitMetadata } from "../../src/publish/commit-text.ts";
import { plannedModel, samplePlan } from "../support/sample-plan.ts";

function model(
  name: string,
  status: Conversion["status"],
  timings: Record<string, number>,
) {
  const empty = emptyConversion(
    plannedModel({ name }),
    { fail_on: "fail" },
    "",
  );
  return { conversion: { ...empty, status, timings } };
}

it("a commit tells the seconds of the models that an engine converted, each stage once", () => {
  const metadata = commitMetadata(samplePlan(), [
    model("a", "converted", {
      ...{ download: 1, "engine.start": 2, "engine.export": 8, engine: 10 },
      ...{ validate: 5, stage: 1 },
    }),
    model("b", "rechecked", { download: 1, engine: 1, validate: 7 }),
    model("c", "unchanged", {}),
    model("d", "failed", { download: 4 }),
    model("e", "converted", { engine: 40 }),
  ]);
  expect([...readSeconds(metadata[SECONDS_KEY])]).toEqual([
    ["e", 40],
    ["a", 17],
  ]);
});

it("a commit of a run that converted nothing has no seconds", () => {
  const models = [model("a", "rechecked", { validate: 7 })];
  for (const metadata of [
    commitMetadata(samplePlan(), models),
    commitMetadata(samplePlan()),
  ])
    expect(Object.keys(metadata)).not.toContain(SECONDS_KEY);
});
