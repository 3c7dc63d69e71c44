import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  folderOf,
  network,
  networkModel,
  networkReferences,
} from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { validate } from "../support/validate.ts";

const net = network();
const CONTRACT = {
  version: 1,
  task: "classification",
  opset: 17,
  ir: 8,
  domains: [""],
  input: { name: "x", dtype: "f32", shape: ["batch", 6] },
  outputs: [{ name: "y", dtype: "f32", shape: ["batch", 5] }],
  classes: ["a", "b", "c", "d", "e"],
};
const withContract = (change: object) =>
  folderOf({
    "end2end.onnx": onnxModel(networkModel(net)),
    "references.safetensors": networkReferences(net),
    "contract.json": JSON.stringify({ ...CONTRACT, ...change }),
  });

function failing(verdict: Awaited<ReturnType<typeof validate>>): string[] {
  return verdict.checks
    .filter(({ status }) => status === "fail")
    .map(({ check }) => check);
}

describe("validateFolder: the contract", () => {
  test.each<[string, object, string]>([
    [
      "another opset",
      { opset: 11 },
      "it declares opset 11, but the model has 17",
    ],
    [
      "another dtype",
      { outputs: [{ name: "y", dtype: "i64", shape: ["batch", 5] }] },
      'output "y" as int64, but the model has float32',
    ],
    [
      "another name",
      { input: { name: "images", dtype: "f32", shape: ["batch", 6] } },
      "the inputs images, but the model has x",
    ],
    [
      "a fixed batch where it is open",
      { input: { name: "x", dtype: "f32", shape: [1, 6] } },
      'it declares the shape 1×6 for input "x", but the model has batch×6',
    ],
    [
      "an open axis that is fixed",
      { outputs: [{ name: "y", dtype: "f32", shape: ["batch", "k"] }] },
      "it declares the shape batch×k for",
    ],
    [
      "a class too many",
      { classes: ["a", "b", "c", "d", "e", "f"] },
      "it names 6 classes, but the model gives 5 scores",
    ],
    ["no outputs", { outputs: [] }, "does not match its schema"],
  ])("%s is red", async (_, change, message) => {
    const verdict = await validate(await withContract(change));
    expect(failing(verdict)).toEqual(["contract"]);
    expect(verdict.sentence).toContain(message);
  });

  test("one that is not JSON is red", async () => {
    const folder = await withContract({});
    await writeFile(join(folder, "contract.json"), "{");
    expect(failing(await validate(folder))).toEqual(["contract"]);
  });

  test("a step of the pre-processing that cannot be said is a warning", async () => {
    const verdict = await validate(
      await withContract({ preprocess: [{ opaque: "AutoAugment" }] }),
    );
    expect(verdict).toMatchObject({ outcome: "warn" });
  });
});
