import { describe, expect, it } from "vitest";
import { jsonText } from "../../src/report/html/json-text.ts";
import { whatItIs } from "../../src/report/html/what-it-is.ts";
import { sampleContract } from "../support/report-model-sample.ts";
import { sampleConversion } from "../support/report-samples.ts";

const NOTHING = {
  ...{ contract: null, conversion: null, performance: null },
  ...{ files: [], seconds: null, version: null },
};
const input = (name: string) => ({ name, dtype: "f32", shape: ["batch", 1] });

describe("what a model is", () => {
  it("is null where nobody knows", () => {
    expect(new Set(Object.values(whatItIs(NOTHING)))).toEqual(new Set([null]));
  });

  it.each([
    ["detection", "object detection"],
    ["tabular-classification", "tabular classification"],
    ["pose", "pose"],
  ])("task %s is %s", (task, words) => {
    const contract = sampleContract({ task });
    expect(whatItIs({ ...NOTHING, contract }).task).toBe(words);
  });

  it("has its inputs as shapes, or many of them by name", () => {
    const of = (names: string[]) =>
      whatItIs({
        ...NOTHING,
        contract: sampleContract({ inputs: names.map(input) }),
      }).input;
    expect(of(["a"])).toBe("batch × 1 float32");
    expect(of(["a", "b"])).toBe("batch × 1 float32; batch × 1 float32");
    expect(of(["a", "b", "c", "d", "e"])).toBe("5 inputs: a, b, c, d, …");
  });

  it("has the size of the graph and its weights, not of all files", () => {
    const files = [
      { path: "edge/a/end2end.onnx", size: 10 },
      { path: "edge/a/end2end.onnx.data", size: 300 },
      { path: "evidence/a/references.safetensors", size: 5000 },
    ];
    expect(whatItIs({ ...NOTHING, files }).bytes).toBe(310);
  });

  it("was made with the engine of this version, its converter, and this program", () => {
    const made = (engine: string, packages: object) =>
      whatItIs({
        ...NOTHING,
        conversion: sampleConversion({ engine, environment: { packages } }),
        version: "1.2.3",
      }).madeWith;
    expect(made("mmdeploy", { mmdeploy: "1.3.1", torch: "2" })).toBe(
      "mmdeploy 1.3.1, model-to-edge 1.2.3",
    );
    expect(made("sklearn", { skl2onnx: "1.20.0", numpy: "2" })).toBe(
      "sklearn, skl2onnx 1.20.0, model-to-edge 1.2.3",
    );
  });
});

it("JSON for people has on one line what fits there, and is the same JSON", () => {
  const long = Array.from({ length: 30 }, (_, index) => `row ${index}`);
  const value = { a: [1, 2, { b: null }], long, empty: {}, none: [] };
  const text = jsonText(value);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toContain('  "a": [1, 2, { "b": null }],\n');
  expect(text).toContain('\n    "row 29"\n');
});
