import fc from "fast-check";
import { expect, test } from "vitest";
import {
  byteOrder,
  checkBranchName,
  placeInside,
} from "../../src/store/paths.ts";

test("byte order is that of UTF-8, not of JavaScript's strings", () => {
  expect(
    ["\u{1F600}", "\uFFFD", "b", "a/b", "a-b", "a"].sort(byteOrder),
  ).toEqual(["a", "a-b", "a/b", "b", "\uFFFD", "\u{1F600}"]);
});

test.each(["a", "a b/ü#+%.txt", "..a/b..", "a/.hidden"])(
  "%j is a file below the folder",
  (path) => {
    expect(placeInside("/work", path)).toBe(`/work/${path}`);
  },
);

test.each([
  "",
  "/etc/passwd",
  "../x",
  "a/../../x",
  "a//b",
  "a/",
  "./a",
  "a/./b",
  "..",
  "a\0b",
  `a/${"x".repeat(256)}`,
])("%j cannot be a file below the folder", (path) => {
  expect(() => placeInside("/work", path)).toThrow(
    expect.objectContaining({ exitCode: 2, code: "unsafe-path" }),
  );
});

test.each(["main", "feature--x", "_x", "1"])("%s may be a branch", (name) => {
  expect(() => checkBranchName(name)).not.toThrow();
});

test.each(["", "-x", "a/b", "a.b", "..", "ü", "a b", ".model-to-edge", "a\n"])(
  "%j may not be a branch",
  (name) => {
    expect(() => checkBranchName(name)).toThrow(
      expect.objectContaining({ exitCode: 2, code: "branch-name" }),
    );
  },
);

test("byte order of any two paths is that of their bytes", () => {
  const text = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(byteOrder(a, b))).toBe(expected);
    }),
  );
});
