import { expect, it } from "vitest";
import { placesOf } from "../../src/model/layout.ts";
import { sharedNotices } from "../../src/plan/model-notices.ts";
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

    const notices = noticesAbout([model], { conversions: [conversion] });

    expect(notices).toContainEqual(
      expect.stringMatching(new RegExp(`^\`det\`: .* made from ${words}$`)),
    );
  },
);

it("what is the same of many models is one notice", () => {
  const models = [..."abcdefg"].map((name) =>
    plannedModel({
      ...{ name, fingerprint: printOf("2".repeat(64)) },
      published: sampleManifest({ name, fingerprint: printOf(SPEC) }),
    }),
  );

  expect(noticesAbout(models, { removed: ["x", "y"] })).toEqual([
    "`a`, `b`, `c`, `d`, `e` and 2 more: the published edge model is stale: it was made from different inputs",
    "`x`, `y` are no longer in `model/`: their edge models were removed",
  ]);
});

it("a model whose files changed during the run is told, with what to do", () => {
  const [notice] = noticesAbout([plannedModel()], { outdated: ["det"] });
  expect(notice).toMatch(/^`det`: files in `model\/` changed after .* again$/);
});

it("a plan tells the same of several models in one line", () => {
  const texts = ["the engine is older"];
  expect(
    sharedNotices([
      ...["a", "b"].map((name) => ({ name, texts })),
      { name: "c", texts: ["someone changed it"] },
      { name: "d", texts },
    ]),
  ).toEqual(["a, b, d: the engine is older", "c: someone changed it"]);
});

function noticesAbout(
  models: ReturnType<typeof plannedModel>[],
  {
    conversions = [],
    removed = [],
    outdated,
  }: {
    conversions?: ReturnType<typeof sampleConversion>[];
    removed?: string[];
    outdated?: string[];
  },
): string[] {
  return buildSummary({
    ...{ plan: samplePlan({ models }), conversions },
    verdicts: new Map(),
    performances: new Map(),
    publication: {
      ...{ kind: "publication", version: 1, status: "none" },
      ...{ commit: null, url: null, reason: null, fetch: null, verify: null },
      ...{ models: [], removed, failure: null, signed: false },
      ...(outdated && { outdated }),
    },
    places: (name) =>
      placesOf(name, { model: "model", edge: "edge", evidence: "evidence" }),
  }).notices;
}
