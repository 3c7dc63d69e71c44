import { describe, expect, test } from "vitest";
import { levelFolder } from "../../support/detector-levels.ts";
import { checkOf, validate } from "../../support/validate.ts";
import { HARMLESS_LEVELS, WRONG_LEVELS } from "./level-changes.ts";

describe("what is wrong in a head whose boxes no reference keeps is red by the tensors before suppression", () => {
  test.concurrent.each(WRONG_LEVELS)(
    "$title",
    async ({ change, found = "parity" }) => {
      const verdict = await validate(await levelFolder({ model: change }));
      expect(checkOf(verdict, found), verdict.sentence).toMatchObject({
        status: "fail",
        kind: "wrong",
      });
      expect(checkOf(verdict, "parity").status, "the outputs are equal").toBe(
        "pass",
      );
      expect(verdict.outcome).toBe("fail");
    },
  );

  test("and green without them: the outputs alone cannot show it", async () => {
    for (const { change } of WRONG_LEVELS) {
      const verdict = await validate(
        await levelFolder({ model: change, evidence: { inner: false } }),
      );
      expect(verdict.outcome, verdict.sentence).toBe("warn");
    }
  });
});

describe("a harmless change of the heads stays green", () => {
  test.concurrent.each(HARMLESS_LEVELS)("$title", async ({ change }) => {
    const { outcome, sentence } = await validate(
      await levelFolder({ model: change }),
    );
    expect(outcome, sentence).toBe("pass");
  });
});
