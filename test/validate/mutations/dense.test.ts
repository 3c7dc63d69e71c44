import { describe, expect, test } from "vitest";
import { networkFolder } from "../../support/model-folder.ts";
import { validate } from "../../support/validate.ts";
import { HARMLESS } from "./dense-harmless.ts";
import { WRONG } from "./dense-wrong.ts";

describe("a wrong conversion is red, by the check that must find it", () => {
  test.concurrent.each(WRONG)("$title", async ({ change, found }) => {
    const { outcome, checks, sentence } = await validate(
      await networkFolder(change),
    );
    const failed = checks.filter(({ status }) => status === "fail");
    expect(
      failed.map(({ check }) => check),
      sentence,
    ).toContain(found);
    expect(failed.some(({ kind }) => kind === "wrong")).toBe(true);
    expect(outcome).toBe("fail");
  });
});

describe("a harmless change stays green", () => {
  test.concurrent.each(HARMLESS)("$title", async ({ change }) => {
    const { outcome, sentence } = await validate(await networkFolder(change));
    expect(outcome, sentence).toBe("pass");
  });
});
