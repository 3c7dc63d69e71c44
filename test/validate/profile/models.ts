import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Profile } from "../../../src/config/profile.ts";
import type { OnnxModel } from "../../../src/onnx/model.ts";
import { readOnnx } from "../../../src/onnx/read-onnx.ts";
import { type ModelInput, onnxModel } from "../../support/onnx-writer.ts";

/** A model that every runtime loads: y = relu(x). */
export const RELU: ModelInput = {
  opset: 13,
  ir: 7,
  nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y"], name: "act" }],
  inputs: [{ name: "x", dims: ["b", 3] }],
  outputs: [{ name: "y", dims: ["b", 3] }],
};

/** The same with other parts, as `readOnnx` sees it. */
export async function modelOf(
  parts: Partial<ModelInput> = {},
): Promise<OnnxModel> {
  const folder = await mkdtemp(join(tmpdir(), "profile-"));
  try {
    await writeFile(
      join(folder, "model.onnx"),
      onnxModel({ ...RELU, ...parts }),
    );
    return await readOnnx(join(folder, "model.onnx"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `values, indices = TopK(x, k)` with K in the file, or computed where it is null. */
export function topK(k: number | null): Partial<ModelInput> {
  const node = {
    op: "TopK",
    inputs: ["x", "k"],
    outputs: ["y", "i"],
    name: "keep",
  };
  if (k === null)
    return {
      nodes: [
        { op: "Size", inputs: ["x"], outputs: ["k0"] },
        { op: "Reshape", inputs: ["k0", "one"], outputs: ["k"] },
        node,
      ],
    };
  return { nodes: [node], weights: { k: { dims: [1], values: [k], type: 7 } } };
}

/** A table without any limit but those given. */
export function device(limits: Partial<Profile>): Profile {
  return {
    id: "camera",
    title: "A camera",
    evidence: "table-only",
    runtime: { name: "Runtime", version: "1" },
    opsets: { "ai.onnx": { newest: 17 } },
    sources: [],
    ...limits,
  };
}
