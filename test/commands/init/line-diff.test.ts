import { expect, it } from "vitest";
import { lineDiff } from "../../../src/commands/init/line-diff.ts";

it.each([
  ["nothing", "", "", []],
  ["a new file", "", "a\nb\n", ["+ a", "+ b"]],
  ["a file that is gone", "a\n", "", ["- a"]],
  ["a line in the middle", "a\nb\nc\n", "a\nx\nc\n", ["- b", "+ x"]],
  ["a line that is added twice", "a\na\n", "a\na\na\n", ["+ a"]],
  ["a line at the end", "a\n", "a\nb\n", ["+ b"]],
  ["a missing line break", "a", "a\n", []],
])("a difference shows %s", (_, was, is, shown) => {
  expect(lineDiff(was, is)).toEqual(shown);
});
