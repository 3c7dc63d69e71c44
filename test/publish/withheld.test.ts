import { describe, expect, it } from "vitest";
import type { ConvertedModel } from "../../src/convert/convert-model.ts";
import type { Why } from "../../src/decision.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { withheldReason } from "../../src/publish/withheld.ts";
import { sampleConversion } from "../support/report-samples.ts";
import { samplePlan } from "../support/sample-plan.ts";

const model = (
  name: string,
  ships: boolean,
  why: Why = ships ? "equal" : "wrong",
): ConvertedModel => ({
  conversion: sampleConversion({ name, ships, why }),
  verdict: null,
  performance: null,
});
const plan = (change: Partial<Plan>) =>
  samplePlan({ publish: "all", ...change });

describe("what is withheld", () => {
  it("one red model withholds all, and the way to the others is named", () => {
    const reason = withheldReason(plan({}), [
      model("good", true),
      model("bad", false),
    ]);
    expect(reason).toBe(
      "1 of 2 models may not ship, and `publish: all` publishes all or nothing; with `publish: passed` the others are published",
    );
  });

  it("of nothing but red models nothing can be published", () => {
    const models = ["a", "b"].map((name) => model(name, false));
    expect(withheldReason(plan({}), models)).toBe("2 of 2 models may not ship");
  });

  it("publish passed lets the others through, but not when none is left", () => {
    expect(
      withheldReason(plan({ publish: "passed" }), [
        model("good", true),
        model("bad", false),
      ]),
    ).toBeNull();
    expect(
      withheldReason(plan({ publish: "passed" }), [model("bad", false)]),
    ).toBe("a model that may not ship is never published");
  });

  it.each<[Why, string]>([
    ["not-checked", "a model that could not be checked is never published"],
    ["not-converted", "a model that could not be converted is never published"],
    ["unproven", "a model that may not ship is never published"],
  ])("does not say of a model that is %s more than is known", (why, reason) => {
    expect(withheldReason(plan({}), [model("bad", false, why)])).toBe(reason);
  });

  it("a reason of the plan comes first", () =>
    expect(
      withheldReason(plan({ withheld: "a fork" }), [model("bad", false)]),
    ).toBe("a fork"));
});
