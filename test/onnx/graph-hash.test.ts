import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { graphHash } from "../../src/onnx/graph-hash.ts";
import { MalformedOnnx } from "../../src/onnx/wire.ts";
import { type ModelInput, onnxModel } from "../support/onnx-writer.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graph-hash-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function hashOf(bytes: Uint8Array) {
  const path = join(folder, "model.onnx");
  await writeFile(path, bytes);
  return graphHash(path);
}

const MATMUL = { op: "MatMul", inputs: ["x", "w"], outputs: ["z"] };
const RESHAPE = { op: "Reshape", inputs: ["z", "shape"], outputs: ["y"] };
const MODEL: ModelInput = {
  inputs: [{ name: "x", dims: ["batch", 4] }],
  outputs: [{ name: "y", dims: ["batch", 2] }],
  weights: {
    w: { dims: [4, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] },
    shape: { dims: [2], values: [-1, 2], type: 7 },
  },
  nodes: [MATMUL, RESHAPE],
};

function withWeights(weights: ModelInput["weights"]): ModelInput {
  return { ...MODEL, weights: { ...MODEL.weights, ...weights } };
}

describe("the same graph", () => {
  test.each([
    [
      "with other weights",
      withWeights({ w: { dims: [4, 2], values: Array(8).fill(0.5) } }),
    ],
    ["by another version of the producer", { ...MODEL, producer: "pytorch 3" }],
    ["with other notes", { ...MODEL, metadata: { trained: "monday" } }],
    [
      "with weights in a file beside",
      withWeights({
        w: {
          dims: [4, 2],
          values: [],
          external: { location: "w.bin", offset: 0, length: 32 },
        },
      }),
    ],
  ])("%s", async (_, other) => {
    expect(await hashOf(onnxModel(other))).toBe(await hashOf(onnxModel(MODEL)));
  });
});

describe("another graph", () => {
  test.each<[string, ModelInput]>([
    [
      "by a shape that is built in",
      withWeights({ shape: { dims: [2], values: [2, -1], type: 7 } }),
    ],
    [
      "by the shape of a weight",
      withWeights({ w: { dims: [2, 4], values: Array(8).fill(1) } }),
    ],
    ["by its opset", { ...MODEL, opset: 18 }],
    [
      "by an operator",
      {
        ...MODEL,
        nodes: [{ ...MATMUL, op: "Gemm" }, RESHAPE],
      },
    ],
    [
      "by an attribute",
      {
        ...MODEL,
        nodes: [MATMUL, { ...RESHAPE, attributes: { allowzero: 1 } }],
      },
    ],
    [
      "by the name of an output",
      { ...MODEL, outputs: [{ name: "z", dims: ["batch", 2] }] },
    ],
  ])("%s", async (_, other) => {
    expect(await hashOf(onnxModel(other))).not.toBe(
      await hashOf(onnxModel(MODEL)),
    );
  });
});

test("what is not a model is malformed", async () => {
  await expect(hashOf(Buffer.from("<html>"))).rejects.toBeInstanceOf(
    MalformedOnnx,
  );
});

test("a message nested without end is malformed, and ends", async () => {
  let graph: Buffer = Buffer.alloc(0);
  for (let depth = 0; depth < 200; depth++)
    graph = nested(1, nested(5, nested(6, graph)));

  await expect(hashOf(nested(7, graph))).rejects.toBeInstanceOf(MalformedOnnx);
});

/** A field that holds a message. */
function nested(number: number, inside: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = inside.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }

  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), inside]);
}
