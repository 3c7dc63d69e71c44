import { describe, expect, it } from "vitest";
import { folderName } from "../../src/convert/workspace.ts";
import { findModels } from "../../src/model/find-models.ts";
import {
  folderProblem,
  safeFolder,
  shownName,
} from "../../src/model/odd-folder.ts";

const folder = (name: string, ...files: string[]) => ({
  name,
  files: files.map((relative) => ({
    relative,
    path: `model/${name}/${relative}`,
    size: 1,
    token: "t",
  })),
});

const ODD: [what: string, name: string, file: string, says: RegExp][] = [
  ["a NUL in its name", "a\0b", "x", /NUL/],
  ["a dot", ".", "x", /"\." is not a name/],
  ["two dots", "..", "x", /"\.\." is not a name/],
  ["no name", "", "x", /empty/],
  ["a line break", "a\nb", "x", /control character/],
  ["an escape sequence", "a\u001b[31m", "x", /control character/],
  ["one of C1", "a\u009bb", "x", /control character/],
  ["29 Chinese characters", "检".repeat(29), "x", /takes 261 bytes/],
  ["300 letters", "a".repeat(300), "x", /longer than 255 bytes/],
  ["half a character", "a\ud800", "x", /not UTF-8/],
  ["what a decoder put in place of bytes", "a\ufffd", "x", /not UTF-8/],
  ["a file that leaves", "det", "../../x", /"\.\." is not a name/],
  ["a file with a NUL", "det", "a\0", /a\\u0000` .* NUL/],
  ["a file with an empty folder", "det", "a//b", /"" is not a name/],
  ["a file of a long name", "det", "检".repeat(86), /longer than 255 bytes/],
  ["a path that is too long", "det", `${"a/".repeat(1100)}x`, /longer than/],
];

describe("a folder that cannot be a model", () => {
  it.each(ODD)("%s", (_, name, file, says) => {
    expect(folderProblem(folder(name, "ok", file))).toMatch(says);
    expect(shownName(name)).not.toMatch(/\p{Cc}/u);
    for (const make of [safeFolder, folderName])
      expect(make(shownName(name))).toMatch(/^(?!\.+$)[^/\p{Cc}]+$/u);
    expect(folderName(name).length).toBeLessThanOrEqual(255);
  });

  it.each([
    "det",
    "检测",
    "检".repeat(26),
    "a b",
    " ",
    "a.",
    "a ",
    "back\\slash",
    "..a",
    "ü😀",
    "a'b\"c",
    "-x",
  ])("%j is none", (name) => {
    expect(folderProblem(folder(name, "w.pth", "a\\b", "end. "))).toBeNull();
  });

  it("two long names that begin alike have folders of their own", () => {
    const [a, b] = ["a", "b"].map((end) => folderName("检".repeat(90) + end));
    expect(a).not.toBe(b);
  });

  it("an empty name is a folder, not nothing", () => {
    const objects = [{ path: "model//w.pth", size: 1, token: "t" }];
    const { models } = findModels(objects, "model", () => false);
    expect(models.map(({ name }) => name)).toEqual([""]);
  });
});
