import { expect, it } from "vitest";
import { placesOf } from "../../src/model/layout.ts";
import { buildSummary } from "../../src/report/build-summary.ts";
import { sampleManifest } from "../support/release-facts-sample.ts";
import { sampleConversion } from "../support/report-samples.ts";
import { plannedModel, samplePlan } from "../support/sample-plan.ts";

const SPEC = "1".repeat(64);
const printOf = (spec: string) => ({ spec, exec: SPEC, verdict: SPEC });

it.each([
  ["the same, and the plan knew it", SPEC, null, "the same inputs"],
  ["the same, and only convert knew it", null, SPEC, "the same inputs"],
  ["others", "2".repeat(64), null, "different inputs"],
  ["not known: it failed before", null, null, "different inputs"],
])(
  "a model that is not published again, whose inputs are %s, is told as that",
  (_what, planned, closed, words) => {
    const model = plannedModel({
      fingerprint: planned === null ? null : printOf(planned),
      published: sampleManifest({ name: "det", fingerprint: printOf(SPEC) }),
    });
    const known = closed ?? planned;
    const conversion = sampleConversion({
      name: "det",
      status: "failed",
      ships: false,
      fingerprint: known === null ? null : printOf(known),
    });

    const { notices } = buildSummary({
      plan: samplePlan({ models: [model] }),
      conversions: [conversion],
      verdicts: new Map(),
      performances: new Map(),
      publication: {
        kind: "publication",
        version: 1,
        status: "none",
        ...{ commit: null, url: null, reason: null, fetch: null, verify: null },
        ...{ models: [], removed: [], failure: null, signed: false },
      },
      places: (name) =>
        placesOf(name, { model: "model", edge: "edge", evidence: "evidence" }),
    });

    expect(notices).toContainEqual(
      expect.stringMatching(new RegExp(`^\`det\`: .* made from ${words}$`)),
    );
  },
);
