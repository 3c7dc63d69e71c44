import { describe, expect, it } from "vitest";
import type { ConvertedModel } from "../../src/convert/convert-model.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { withheldReason } from "../../src/publish/withheld.ts";

const model = (name: string, ships: boolean) =>
  ({ conversion: { name, ships } }) as unknown as ConvertedModel;
const plan = (change: Partial<Plan>) =>
  ({ publish: "all", withheld: null, ...change }) as Plan;

describe("what is withheld", () => {
  it("one red model withholds all, and names itself", () => {
    const reason = withheldReason(plan({}), [
      model("good", true),
      model("bad", false),
    ]);
    expect(reason).toBe("bad may not ship; publish is all or nothing");
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
    ).toBe("bad may not ship");
  });

  it("a reason of the plan comes first", () =>
    expect(
      withheldReason(plan({ withheld: "a fork" }), [model("bad", false)]),
    ).toBe("a fork"));
});
