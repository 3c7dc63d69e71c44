import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { commandLine } from "../../support/command-line.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "model-to-edge-flytekit-"));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
});

async function init(text: string | null, named = "wf.py") {
  if (text !== null) writeFileSync(join(cwd, "wf.py"), text);
  const run = await commandLine(["init", "--from-flytekit", named], { cwd });
  return { ...run, said: run.stdout + run.stderr };
}

const IMPORT =
  "from flytekitplugins.onnxscikitlearn import ScikitLearn2ONNXConfig as Config\n";
const TWO = `${IMPORT}Config(target_opset=12)\nConfig(target_opset=13)\n`;

it("writes a conversion.yaml that says what changes, and runs nothing of the file", async () => {
  const { code, said } = await init(
    `${IMPORT}open("ran", "w")\nConfig(initial_types=[("x", FloatTensorType([None, 4]))], target_opset=12)\n`,
  );
  expect(said).toContain("written: conversion.yaml, from wf.py:3");
  expect(said).toMatch(/note: options: zipmap is off here/);
  expect(code).toBe(0);
  expect(existsSync(join(cwd, "ran"))).toBe(false);

  const text = readFileSync(join(cwd, "conversion.yaml"), "utf8");
  expect(text).toContain("# options: zipmap is off here");
  expect(parse(text)).toEqual({
    version: 1,
    defaults: {
      engine: "sklearn",
      sklearn: {
        initial_types: [
          { name: "x", type: "FloatTensorType", shape: [null, 4] },
        ],
        target_opset: 12,
      },
    },
  });

  const checked = await commandLine(["config", "--store", "file:///nowhere"], {
    cwd,
  });
  expect(checked.code).toBe(0);
});

it("takes the one that is named of several", async () => {
  const { code } = await init(TWO, "wf.py:3");
  expect(code).toBe(0);
  expect(readFileSync(join(cwd, "conversion.yaml"), "utf8")).toContain(
    "target_opset: 13",
  );
});

it.each([
  ["no file", null, "wf.py", /wf\.py does not exist/],
  ["no call", "print(1)\n", "wf.py", /configures no ONNX plugin of flytekit/],
  ["no Python", "def\n", "wf.py", /wf\.py:1:\d+ it is not Python/],
  [
    "several calls",
    TWO,
    "wf.py",
    /has 2 configurations: wf\.py:2 \(sklearn\), wf\.py:3/,
  ],
  ["another line", TWO, "wf.py:9", /wf\.py:9 is not one configuration/],
  [
    "a computed value and an unknown key, both",
    `${IMPORT}Config(target_opset=n(), zipmap=1)\n`,
    "wf.py",
    /wf\.py:2:21 target_opset: `n\(\)` is known only[\s\S]*wf\.py:2:33 .* has no key zipmap/,
  ],
  [
    "a value that the engine refuses",
    `${IMPORT}Config(target_opset=99)\n`,
    "wf.py",
    /wf\.py:2 sklearn\.target_opset must be <= 22/,
  ],
  ["a folder", null, ".", /\. is a folder/],
])("%s is an error, and nothing is written", async (_, text, named, says) => {
  const { code, said } = await init(text, named);
  expect(said).toMatch(says);
  expect(code).toBe(2);
  expect(existsSync(join(cwd, "conversion.yaml"))).toBe(false);
});

it("leaves a conversion.yaml that is there", async () => {
  writeFileSync(join(cwd, "conversion.yaml"), "version: 1\n");
  const { code, said } = await init(TWO, "wf.py:2");
  expect(said).toContain("conversion.yaml is there already");
  expect(code).toBe(2);
  expect(readFileSync(join(cwd, "conversion.yaml"), "utf8")).toBe(
    "version: 1\n",
  );
});
