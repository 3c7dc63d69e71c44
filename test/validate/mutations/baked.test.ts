import { describe, expect, test } from "vitest";
import { suppressingFolder } from "../../support/suppressing-detector.ts";
import { checkOf, validate } from "../../support/validate.ts";
import { HARMLESS_BAKED, WRONG_BAKED } from "./baked-changes.ts";

describe("what is baked into a detector, and no reference reaches, is red", () => {
  test.concurrent.each(WRONG_BAKED)(
    "$title",
    async ({ change, found = "parity" }) => {
      const verdict = await validate(await suppressingFolder(change));
      expect(checkOf(verdict, found), verdict.sentence).toMatchObject({
        status: "fail",
        kind: "wrong",
      });
      expect(
        checkOf(verdict, "parity").status,
        "references see nothing of it",
      ).toBe("pass");
    },
  );
});

describe("the same thresholds said in another way stay green", () => {
  test.concurrent.each(HARMLESS_BAKED)("$title", async ({ change }) => {
    const verdict = await validate(await suppressingFolder(change));
    expect(checkOf(verdict, "contract"), verdict.sentence).toMatchObject({
      status: "pass",
    });
    expect(verdict.outcome, verdict.sentence).not.toBe("fail");
  });
});
