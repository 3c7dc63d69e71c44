import { describe, expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import {
  pairFile,
  pairSteps,
  type SaidStep,
} from "../../support/golden-pairs.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";

const SHAPE = ["b", 3, "h", "w"];
const MODEL: ModelInput = {
  nodes: [{ op: "Identity", inputs: ["input"], outputs: ["output"] }],
  inputs: [{ name: "input", dims: SHAPE }],
  outputs: [{ name: "output", dims: SHAPE }],
};
const PORTS = {
  input: { name: "input", dtype: "f32", shape: SHAPE, layout: "NCHW" },
  outputs: [{ name: "output", dtype: "f32", shape: SHAPE }],
};

async function findingOf(
  name: string,
  change: (steps: SaidStep[]) => SaidStep[] = (steps) => steps,
) {
  const steps = (await pairSteps()).get(name) ?? [];
  return contractFinding(
    MODEL,
    { ...PORTS, preprocess: change(steps) },
    await pairFile(name),
  );
}

describe("the contract's pre-processing", () => {
  test("that gives the source's input passes, and the details say how near", async () => {
    expect(await findingOf("letterbox")).toMatchObject({
      status: "pass",
      details: { preprocess: [{ case: "letterbox", p99: 0, problem: null }] },
    });
  });

  test("that does not is wrong", async () => {
    const found = await findingOf("letterbox", (steps) =>
      steps.map((step) => ("pad" in step ? { ...step, value: 0 } : step)),
    );
    expect(found).toMatchObject({ status: "fail", kind: "wrong" });
    expect(found.message).toContain(
      "does not reproduce the source's input in case letterbox",
    );
    expect(found.message).toContain("padded with 114, not 0");
  });

  test.each<[string, SaidStep, string]>([
    [
      "that is opaque is a warning",
      { opaque: "PhotoMetric" },
      "cannot describe the pre-processing steps PhotoMetric",
    ],
    [
      "that is not known here is a warning",
      { resize: "letterbox", to: [40, 40] },
      "unknown step",
    ],
  ])("with a step %s", async (_, step, message) => {
    const found = await findingOf("letterbox", (steps) => [step, ...steps]);
    expect(found.status).toBe("warn");
    expect(found.message).toContain(message);
  });

  const tensors = (
    picture: TensorValue | null,
  ): Record<string, TensorValue> => ({
    "sample-0/in/input": {
      dtype: "F32",
      shape: [1, 3, 2, 2],
      values: new Float32Array(12),
    },
    ...(picture ? { "sample-0/aux/picture": picture } : {}),
  });
  const preprocess = [{ normalize: {} }];

  test("without the picture of a real case is a warning", async () => {
    const found = await contractFinding(
      MODEL,
      { ...PORTS, preprocess },
      safetensors(tensors(null), { "sample-0/kind": "real" }),
    );
    expect(found).toMatchObject({
      status: "warn",
      message: expect.stringContaining("no reference contains the picture"),
    });
  });

  test("is not replayed on a picture of more than 4 megapixels", async () => {
    const picture = {
      dtype: "U8" as const,
      shape: [2049, 2048, 3],
      values: new Uint8Array(2049 * 2048 * 3),
    };
    const found = await contractFinding(
      MODEL,
      { ...PORTS, preprocess },
      safetensors(tensors(picture)),
    );
    expect(found).toMatchObject({
      status: "warn",
      message: expect.stringContaining(
        "every picture has more than 4 megapixels",
      ),
    });
  });

  test("without any real case is not asked for", async () => {
    const random = await contractFinding(
      MODEL,
      { ...PORTS, preprocess },
      safetensors(tensors(null)),
    );
    expect(random.status).toBe("pass");
    expect(
      (await contractFinding(MODEL, { ...PORTS, preprocess })).status,
    ).toBe("pass");
  });

  test.each<[string, TensorValue, string]>([
    [
      "floats",
      { dtype: "F32", shape: [2, 2, 3], values: new Float32Array(12) },
      "is not [height, width, 3] of bytes",
    ],
    [
      "one channel",
      { dtype: "U8", shape: [2, 2, 1], values: new Uint8Array(4) },
      "is not [height, width, 3] of bytes",
    ],
    [
      "no pixels",
      { dtype: "U8", shape: [0, 2, 3], values: [] },
      "it makes no picture",
    ],
    [
      "another size",
      { dtype: "U8", shape: [3, 2, 3], values: new Uint8Array(18) },
      "for a picture of 2×3 it makes 2×3, the source 2×2",
    ],
  ])("with a picture of %s is wrong", async (_, picture, message) => {
    const found = await contractFinding(
      MODEL,
      { ...PORTS, preprocess },
      safetensors(tensors(picture)),
    );
    expect(found).toMatchObject({
      status: "fail",
      kind: "wrong",
      message: expect.stringContaining(message),
    });
  });
});
