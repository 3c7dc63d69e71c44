import { describe, expect, it } from "vitest";
import type { ConvertedModel } from "../../src/convert/convert-model.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { isRed, withheldReason } from "../../src/publish/withheld.ts";

const model = (
  name: string,
  outcome: "pass" | "warn" | "fail" | null,
  status = "converted",
) =>
  ({
    conversion: { name, status },
    verdict: outcome && { outcome },
  }) as unknown as ConvertedModel;
const plan = (change: Partial<Plan>) =>
  ({ publish: "all", fail_on: "fail", withheld: null, ...change }) as Plan;

describe("what is withheld", () => {
  it.each([
    ["pass", "fail", false],
    ["warn", "fail", false],
    ["warn", "warn", true],
    ["fail", "fail", true],
  ] as const)(
    "a verdict %s with fail-on %s is red: %s",
    (outcome, failOn, red) =>
      expect(isRed(model("a", outcome), failOn)).toBe(red),
  );

  it("a model that failed to convert is red, one that is unchanged is not", () => {
    expect(isRed(model("a", null, "failed"), "fail")).toBe(true);
    expect(isRed(model("a", null, "unchanged"), "fail")).toBe(false);
  });

  it("one red model withholds all, and names itself", () => {
    const reason = withheldReason(plan({}), [
      model("good", "pass"),
      model("bad", "fail"),
    ]);
    expect(reason).toBe("bad may not ship; publish is all or nothing");
  });

  it("publish passed lets the others through, but not when none is left", () => {
    expect(
      withheldReason(plan({ publish: "passed" }), [
        model("good", "pass"),
        model("bad", "fail"),
      ]),
    ).toBeNull();
    expect(
      withheldReason(plan({ publish: "passed" }), [model("bad", "fail")]),
    ).toBe("bad may not ship");
  });

  it("a reason of the plan comes first", () =>
    expect(
      withheldReason(plan({ withheld: "a fork" }), [model("bad", "fail")]),
    ).toBe("a fork"));
});
