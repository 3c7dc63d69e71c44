import { describe, expect, it } from "vitest";
import type { Why } from "../../src/decision.ts";
import {
  byGravity,
  headlineOf,
  type Tone,
  toneOf,
  verdictWord,
} from "../../src/report/headline.ts";
import type { SummaryModel } from "../../src/report/summary.ts";
import { plain } from "../../src/text/message.ts";
import { sampleSummary, summaryModel } from "../support/report-samples.ts";

const model = (
  name: string,
  why: Why,
  change: Partial<SummaryModel> = {},
): SummaryModel =>
  summaryModel({
    name,
    why,
    ships: ["equal", "warning", "not-compared"].includes(why),
    ...change,
  });

const headline = (...models: SummaryModel[]) => {
  const { tone, parts } = headlineOf(sampleSummary({ models }));
  return [tone, plain(parts)];
};

describe("headlineOf", () => {
  it.each<[Why, Tone, string]>([
    ["equal", "pass", "det may ship"],
    ["warning", "warn", "det may ship, with a warning"],
    [
      "not-compared",
      "warn",
      "det may ship, not compared with its source model",
    ],
    ["wrong", "fail", "det may not ship: wrong"],
    ["unproven", "unproven", "det may not ship: unproven"],
    ["device", "fail", "det may not ship: a device would not load it"],
    [
      "warning-fails",
      "fail",
      "det may not ship: a warning counts as a failure here",
    ],
    ["mismatch", "fail", "det may not ship: the checkpoint does not fit"],
    ["not-converted", "unchecked", "det could not be converted"],
    ["not-checked", "unchecked", "det could not be checked"],
    ["skipped", "none", "Nothing to do"],
  ])("of one model that is %s is %s: %s", (why, tone, words) => {
    expect(headline(model("det", why))).toEqual([tone, words]);
  });

  it.each<[string, Why[], Tone, string]>([
    ["all equal", ["equal", "equal"], "pass", "Both models may ship"],
    [
      "some with a warning",
      ["equal", "warning"],
      "warn",
      "Both models may ship, 1 of them with a warning: m1",
    ],
    [
      "one not compared",
      ["equal", "not-compared"],
      "warn",
      "Both models may ship, 1 of them not compared with their source models",
    ],
    [
      "the gravest colours all, and reds are named in that order",
      ["not-checked", "unproven", "wrong", "equal"],
      "fail",
      "3 of 4 models may not ship: m2, m1, m0",
    ],
    [
      "none could be converted",
      ["not-converted", "not-converted"],
      "unchecked",
      "2 of 2 models could not be converted: m0, m1",
    ],
    [
      "none could be checked",
      ["not-converted", "not-checked", "equal"],
      "unchecked",
      "2 of 3 models could not be checked: m0, m1",
    ],
    [
      "more than are named",
      Array<Why>(7).fill("wrong"),
      "fail",
      "7 of 7 models may not ship: m0, m1, m2, m3, m4 and 2 more",
    ],
  ])("of several models, %s", (_, whys, tone, words) => {
    const models = whys.map((why, index) => model(`m${index}`, why));
    expect(headline(...models)).toEqual([tone, words]);
  });

  it("counts the exceptions that Git allowed", () => {
    const exceptions = ["tolerance sqnr_db 100", "check contract off"];
    expect(headline(model("det", "equal", { exceptions }))).toEqual([
      "pass",
      "det may ship, with 2 exceptions",
    ]);
  });
});

describe("of one model", () => {
  it("says whether the result is an earlier run's", () => {
    const reused = model("det", "warning", { status: "unchanged" });
    expect(verdictWord(reused)).toBe("may ship, with a warning (unchanged)");
  });

  it("colour and order follow the decision alone", () => {
    const models = (["skipped", "equal", "warning", "wrong"] as const).map(
      (why) => model(why, why, { verdict: "pass" }),
    );
    expect(byGravity(models).map(({ name }) => name)).toEqual([
      "wrong",
      "warning",
      "equal",
      "skipped",
    ]);
    expect(models.map(toneOf)).toEqual(["none", "pass", "warn", "fail"]);
  });
});
