import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderName, modelFolders } from "../../src/convert/workspace.ts";

describe("folders of a model below --out", () => {
  it.each([
    ["detector", "detector"],
    ["mein modell", "mein modell"],
    ["..", "%2E%2E"],
    [".", "%2E"],
    ["a\\b", "a%5Cb"],
    ["größe #1", "gr%C3%B6%C3%9Fe %231"],
  ])("%j is %j", (name, expected) => expect(folderName(name)).toBe(expected));

  it("never leave the folder", () => {
    for (const name of ["..", "a/../../b", "/etc", "\0"])
      expect(
        modelFolders("/out", name).root.startsWith(join("/out", "models", "/")),
      ).toBe(true);
  });
});
