import { describe, expect, it } from "vitest";
import {
  type OutputFile,
  refusedOutputs,
} from "../../src/convert/refused-outputs.ts";

const USUAL: OutputFile[] = [
  { role: "model", path: "end2end.onnx" },
  { role: "contract", path: "contract.json" },
  { role: "references", path: "references.safetensors" },
  { role: "preview", path: "previews/sample-0.png" },
  { role: "device", path: "deploy.json" },
];

describe("what an engine wrote", () => {
  it("is fine as engines write it, with weights beside the model", () => {
    const weights = { role: "model-data", path: "end2end.onnx.data" };
    expect(refusedOutputs([...USUAL, weights])).toBeNull();
  });

  it.each<[string, OutputFile, string]>([
    ["a second model", { role: "device", path: "other.onnx" }, "second-model"],
    [
      "one further down",
      { role: "device", path: "a/b/x.onnx" },
      "second-model",
    ],
    ["two of its role", { role: "model", path: "end2end.onnx" }, "role-twice"],
    ["two contracts", { role: "contract", path: "c.json" }, "role-twice"],
    ["two references", { role: "references", path: "r" }, "role-twice"],
    ["a manifest", { role: "device", path: "manifest.json" }, "name-taken"],
    [
      "a golden input",
      { role: "device", path: "golden.safetensors" },
      "name-taken",
    ],
    ["a readme", { role: "device", path: "Readme.txt" }, "name-taken"],
    ["labels", { role: "device", path: "Label.txt" }, "name-taken"],
    ["parameters", { role: "device", path: "a/Det.Param.yaml" }, "name-taken"],
    [
      "one in a folder",
      { role: "device", path: "x/manifest.json" },
      "name-taken",
    ],
    ["a verdict", { role: "device", path: "verdict.json" }, "name-taken"],
    ["a report", { role: "device", path: "Report.HTML" }, "name-taken"],
    [
      "an attestation",
      { role: "device", path: "attestation.json" },
      "name-taken",
    ],
    [
      "a contract as another role",
      { role: "device", path: "a/contract.json" },
      "name-taken",
    ],
  ])("is refused with %s", (_, file, code) => {
    expect(refusedOutputs([...USUAL, file])).toMatchObject({
      kind: "refused",
      code,
    });
  });

  it("is refused without a model", () => {
    expect(refusedOutputs(USUAL.slice(1))).toMatchObject({ code: "no-model" });
  });
});
