import { describe, expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import { networkFolder } from "../../support/model-folder.ts";
import { pictureFolder } from "../../support/picture-folder.ts";
import { validateHere } from "../../support/validate-here.ts";
import { HARMLESS } from "./dense-harmless.ts";
import { WRONG } from "./dense-wrong.ts";
import { HARMLESS_PICTURES } from "./harmless-pictures.ts";
import { WRONG_PICTURES } from "./wrong-pictures.ts";

/** Taken for so large that only what is needed is run. */
const LARGE = { bytes: 1e15 };
const judged = async (folder: Promise<string>) =>
  validateHere(await folder, STRICT, LARGE);

/** What only runs beyond the references show; what parity shows, it shows at any size. */
const BEYOND = ["metamorphic", "shapes"];

const wrong = [
  ...WRONG.map((each) => ({
    ...each,
    folder: () => networkFolder(each.change),
  })),
  ...WRONG_PICTURES.map((each) => ({
    ...{ ...each, title: `segmentor: ${each.title}` },
    folder: () => pictureFolder(each.change),
  })),
].filter(({ found = "" }) => BEYOND.includes(found));
const harmless = [
  ...HARMLESS.map(({ title, change }) => ({
    ...{ title, folder: () => networkFolder(change) },
  })),
  ...HARMLESS_PICTURES.map(({ title, change }) => ({
    ...{ title: `segmentor: ${title}`, folder: () => pictureFolder(change) },
  })),
].filter((_, index) => index % 6 === 0);

describe("where a model is so large that only what is needed is run", () => {
  test.each(wrong)("a wrong conversion is red: $title", async ({ folder }) => {
    const { checks, sentence } = await judged(folder());

    expect(
      checks.some(({ status, kind }) => status === "fail" && kind === "wrong"),
      sentence,
    ).toBe(true);
  });

  test.each(harmless)("a harmless change is not: $title", async (each) => {
    const { outcome, sentence } = await judged(each.folder());

    expect(outcome, sentence).not.toBe("fail");
  });
});
