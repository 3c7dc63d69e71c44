import { expect, test } from "vitest";
import { CLI, commandLine } from "../support/command-line.ts";
import { folderOf } from "../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../support/onnx-writer.ts";

const MODEL: ModelInput = {
  inputs: [{ name: "x", dims: ["batch", 2] }],
  outputs: [{ name: "y", dims: ["batch", 2] }],
  weights: { w: { dims: [2, 2], values: [1, 0, 0, 1] } },
  nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
};
const CONTRACT = {
  version: 1,
  input: { name: "x", dtype: "f32", shape: ["batch", 2] },
  outputs: [{ name: "y", dtype: "f32", shape: ["batch", 2] }],
  classes: ["cat", "dog"],
};

function edge(model: ModelInput, contract: object | string | null) {
  const text =
    typeof contract === "string" ? contract : JSON.stringify(contract);
  return folderOf({
    "model.onnx": onnxModel(model),
    ...(contract === null ? {} : { "contract.json": text }),
  });
}

const trained = {
  ...MODEL,
  weights: { w: { dims: [2, 2], values: [2, 0, 0, 2] } },
};

async function diff(was: string, is: string, ...flags: string[]) {
  return commandLine(["diff", was, is, ...flags], { cwd: was });
}

test(`${CLI} diff says that only the weights are new`, async () => {
  const found = await diff(
    await edge(MODEL, CONTRACT),
    await edge(trained, CONTRACT),
  );

  expect(found.stdout).toMatch(
    /^weights: same contract, new weights\n {2}weights: same graph, new weights\n/,
  );
  expect(found.stdout).toContain(
    "numbers: not compared: neither side has references or a golden input",
  );
  expect(found.code).toBe(0);
});

test("the gravest change is the answer, for programs too", async () => {
  const found = await diff(
    await edge(MODEL, CONTRACT),
    await edge(trained, { ...CONTRACT, classes: ["cat", "dog", "cow"] }),
    "--json",
  );

  expect(JSON.parse(found.stdout)).toMatchObject({
    level: "breaking",
    changes: [{ level: "breaking" }, { level: "weights" }],
  });
});

test("a contract that is gone is breaking, the graph's own inputs are compared", async () => {
  const found = await diff(
    await edge(MODEL, CONTRACT),
    await edge({ ...MODEL, opset: 18 }, null),
  );

  expect(found.stdout).toContain("breaking: contract.json is gone");
  expect(found.stdout).toContain("additive: opset was 17, is 18");
});

test.each([
  ["an empty folder", () => folderOf({ "readme.txt": "" }), "no .onnx file"],
  ["no contract", () => edge(MODEL, "{"), "contract.json is not JSON"],
  [
    "no model",
    () => folderOf({ "model.onnx": "<html>" }),
    "not an ONNX model at all",
  ],
])("%s is refused in one line", async (_, make, words) => {
  const good = await edge(MODEL, CONTRACT);
  const found = await diff(good, await make());

  expect(found.code).toBe(2);
  expect(found.stdout).toContain(words);
  expect(found.stdout + found.stderr).not.toContain("    at ");
});

test("a changed parameter file is breaking, whatever the model is called", async () => {
  const told = (name: string, score: number) =>
    folderOf({
      "model.onnx": onnxModel(MODEL),
      "contract.json": JSON.stringify(CONTRACT),
      [`${name}.param.yaml`]: `a: { score: ${score} }\n`,
    });
  const said = async (was: Promise<string>, is: Promise<string>) =>
    (await diff(await was, await is)).stdout;

  expect(await said(told("a", 0.3), told("b", 0.5))).toContain(
    "breaking: the parameter a.score was 0.3, is 0.5\n",
  );
  expect(await said(told("a", 0.3), told("b", 0.3))).toMatch(/^none/);
  expect(await said(edge(MODEL, CONTRACT), told("b", 0.3))).toMatch(
    /^additive/,
  );
  expect(await said(told("b", 0.3), edge(MODEL, CONTRACT))).toMatch(
    /^breaking/,
  );
});
