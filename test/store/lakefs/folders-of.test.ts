import { expect, test } from "vitest";
import { foldersOf } from "../../../src/store/lakefs/folders-of.ts";

test.each<[string[], string[]]>([
  [[], []],
  [
    ["edge/b/x.onnx", "edge/a/x.onnx", "edge/a/contract.json"],
    ["edge/a/", "edge/b/"],
  ],
  [
    ["edge/a/parts/1.bin", "edge/a/x.onnx", "edge/ab/x.onnx"],
    ["edge/a/", "edge/ab/"],
  ],
  [["edge/a/parts/1.bin", "edge/x.onnx"], ["edge/"]],
  [["x.onnx", "edge/a/x.onnx"], [""]],
])("of %j only %j is listed", (paths, folders) => {
  expect(foldersOf(paths)).toEqual(folders);
});
