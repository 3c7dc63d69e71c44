import { describe, expect, test } from "vitest";
import { pictureFolder } from "../../support/picture-folder.ts";
import { validate } from "../../support/validate.ts";
import { HARMLESS_PICTURES } from "./harmless-pictures.ts";
import { WRONG_PICTURES } from "./wrong-pictures.ts";

describe("a wrong conversion of a segmentor is red, by the check that must find it", () => {
  test.concurrent.each(WRONG_PICTURES)("$title", async ({ change, found }) => {
    const { outcome, checks, sentence } = await validate(
      await pictureFolder(change),
    );
    const failed = checks.filter(
      ({ status, kind }) => status === "fail" && kind === "wrong",
    );
    expect(
      failed.map(({ check }) => check),
      sentence,
    ).toContain(found);
    expect(outcome).toBe("fail");
  });
});

describe("a harmless change of a segmentor stays green", () => {
  test.concurrent.each(HARMLESS_PICTURES)("$title", async ({ change }) => {
    const { outcome, sentence } = await validate(await pictureFolder(change));
    expect(outcome, sentence).toBe("pass");
  });
});
