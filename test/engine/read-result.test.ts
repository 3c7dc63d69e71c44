import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readResult } from "../../src/engine/read-result.ts";
import { temporaryFolder } from "../child/children.ts";

const GOOD = {
  protocol: 1,
  status: "ok",
  warnings: [],
  environment: { python: "3.11.2", packages: {} },
  timings: {},
  files: [{ role: "model", path: "end2end.onnx" }],
  inputs: [{ name: "input", dtype: "float32", shape: ["batch", 4] }],
  outputs: [{ name: "output", dtype: "float32", shape: ["batch", 4] }],
};

function outputFolder(result: unknown): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "end2end.onnx"), "model");
  writeFileSync(
    join(folder, "result.json"),
    typeof result === "string" ? result : JSON.stringify(result),
  );
  return folder;
}

it("reads a good result", async () => {
  expect(await readResult(outputFolder(GOOD))).toEqual({ result: GOOD });
});

it("makes control characters in all texts visible", async () => {
  const failed = {
    ...GOOD,
    status: "failed",
    files: undefined,
    inputs: undefined,
    outputs: undefined,
  };
  const error = {
    kind: "input",
    code: "x",
    message: "\u001b[31mred\u0000",
    hint: "\r/merge",
  };
  expect(
    await readResult(
      outputFolder({ ...failed, error, warnings: ["a\u202eb"] }),
    ),
  ).toMatchObject({
    result: {
      warnings: ["a\ufffdb"],
      error: { message: "␛[31mred␀", hint: "␍/merge" },
    },
  });
});

it.each([
  ["that is empty", "", "is not JSON"],
  ["that is cut off", JSON.stringify(GOOD).slice(0, -5), "is not JSON"],
  ["that is a list", "[]", "does not follow the protocol"],
  ["of another protocol", { ...GOOD, protocol: 2 }, "/protocol must be 1"],
  ["without a model", { ...GOOD, files: [] }, "/files must contain"],
  [
    "with a field that nobody knows",
    { ...GOOD, more: 1 },
    "unevaluated properties",
  ],
  [
    "nested a million deep",
    `${"[".repeat(1_000_000)}`,
    "is nested deeper than 32",
  ],
  ["of 5 MB", { ...GOOD, warnings: ["x".repeat(5_000_000)] }, "has 5000"],
])("refuses a result %s", async (_, result, problem) => {
  expect(await readResult(outputFolder(result))).toEqual({
    problem: expect.stringContaining(problem),
  });
});

it.each([
  ["that is missing", "missing.onnx", "which does not exist"],
  ["that is a link", "link.onnx", "which is a link"],
  ["behind a linked folder", "folder/passwd", "which is a link"],
  ["that is a hard link", "hard.onnx", "which is a hard link"],
  ["that is a folder", "real", "which is not a regular file"],
  ["in another spelling", "./end2end.onnx", "does not follow the protocol"],
  ["outside", "../outside", "does not follow the protocol"],
  ["with an absolute path", "/etc/passwd", "does not follow the protocol"],
  ["with doubled slashes", "real//x", "which is not a plain path"],
  ["with a NUL", "end2end.onnx\0", "does not follow the protocol"],
])("refuses a file %s", async (_, path, problem) => {
  const folder = outputFolder({ ...GOOD, files: [{ role: "model", path }] });
  const other = join(temporaryFolder(), "other");
  writeFileSync(other, "private");
  mkdirSync(join(folder, "real"));
  symlinkSync("/etc/passwd", join(folder, "link.onnx"));
  symlinkSync("/etc", join(folder, "folder"));
  linkSync(other, join(folder, "hard.onnx"));
  expect(await readResult(folder)).toEqual({
    problem: expect.stringContaining(problem),
  });
});

it("refuses a file that is named twice, and a result that is a link", async () => {
  const files = [...GOOD.files, { role: "device", path: "end2end.onnx" }];
  expect(await readResult(outputFolder({ ...GOOD, files }))).toEqual({
    problem: "names end2end.onnx twice",
  });
  const folder = temporaryFolder();
  symlinkSync(
    join(outputFolder(GOOD), "result.json"),
    join(folder, "result.json"),
  );
  expect(await readResult(folder)).toEqual({
    problem: "is not a regular file",
  });
});
