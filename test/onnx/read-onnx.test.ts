import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "../../src/errors.ts";
import { readOnnx } from "../../src/onnx/read-onnx.ts";
import { MalformedOnnx } from "../../src/onnx/wire.ts";
import { bytesRead } from "../support/bytes-read.ts";
import { type ModelInput, onnxModel } from "../support/onnx-writer.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "read-onnx-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(bytes: Uint8Array) {
  const path = join(folder, "model.onnx");
  await writeFile(path, bytes);
  return readOnnx(path);
}

const branch = (op: string) => ({
  graph: {
    nodes: [{ op, inputs: ["x"], outputs: ["t"] }],
    inputs: [],
    outputs: [{ name: "t", dims: [2] }],
  },
});
const MODEL: ModelInput = {
  producer: "pytorch",
  opset: 13,
  opsets: { "ai.onnx.ml": 3, own: 1 },
  metadata: { "edge.engine": "toy" },
  inputs: [
    { name: "x", dims: ["batch", 3] },
    { name: "w", dims: [3] },
  ],
  outputs: [{ name: "y", dims: ["batch", 3], type: 7 }],
  weights: {
    w: { dims: [3], values: [1, 2, 3] },
    far: {
      dims: [2, 2],
      values: [],
      external: { location: "w.bin", offset: 4096, length: 16 },
    },
  },
  nodes: [
    {
      op: "Mul",
      inputs: ["x", "w"],
      outputs: ["z"],
      doc: "File /home/me/train.py",
    },
    {
      op: "If",
      name: "choice",
      inputs: ["c"],
      outputs: ["t"],
      attributes: { then_branch: branch("Neg"), else_branch: branch("Abs") },
    },
    {
      op: "Twice",
      domain: "own",
      inputs: ["z"],
      outputs: ["y"],
      attributes: { alpha: { float: 2 }, axes: [0, -1] },
    },
  ],
  functions: [
    {
      domain: "own",
      name: "Twice",
      inputs: ["a"],
      outputs: ["b"],
      nodes: [{ op: "Add", inputs: ["a", "a"], outputs: ["b"] }],
    },
  ],
};

describe("readOnnx", () => {
  test("finds opsets, inputs without initializers, outputs, metadata and doc strings", async () => {
    const model = await read(onnxModel(MODEL));
    expect(model).toMatchObject({
      irVersion: 8,
      producer: "pytorch",
      metadata: { "edge.engine": "toy" },
    });
    expect(model.opsets).toEqual({ "": 13, "ai.onnx.ml": 3, own: 1 });
    expect(model.inputs).toEqual([
      { name: "x", dtype: "float32", shape: ["batch", 3] },
    ]);
    expect(model.outputs).toEqual([
      { name: "y", dtype: "int64", shape: ["batch", 3] },
    ]);
    expect(model.docStrings).toEqual(["File /home/me/train.py"]);
  });

  test("finds nodes of subgraphs and of local functions, with their owner", async () => {
    const { nodes, functions } = await read(onnxModel(MODEL));
    expect(nodes.map(({ scope, domain, op }) => [scope, domain, op])).toEqual([
      ["", "", "Mul"],
      ["", "", "If"],
      ["choice/then_branch", "", "Neg"],
      ["choice/else_branch", "", "Abs"],
      ["", "own", "Twice"],
      ["own:Twice", "", "Add"],
    ]);
    expect(functions).toEqual([{ domain: "own", name: "Twice" }]);
  });

  test("says where weights in other files lie", async () => {
    const { initializers } = await read(onnxModel(MODEL));
    expect(initializers).toEqual([
      { name: "w", dtype: "float32", dims: [3], external: null },
      {
        name: "far",
        dtype: "float32",
        dims: [2, 2],
        external: { location: "w.bin", offset: 4096, length: 16 },
      },
    ]);
  });

  test("takes the default domain's two names for one", async () => {
    const model = await read(
      onnxModel({ ...MODEL, opsets: { "ai.onnx": 15 } }),
    );
    expect(model.opsets[""]).toBe(15);
  });

  test.each([
    ["an empty file", Buffer.alloc(0), "no graph"],
    [
      "a text",
      Buffer.from("version https://git-lfs.github.com/spec/v1\n"),
      "byte",
    ],
    [
      "a model that is cut off",
      onnxModel(MODEL).subarray(0, 300),
      "longer than the message that contains it",
    ],
    [
      "a number without end",
      Buffer.alloc(20, 0xff),
      "a number without end at byte 0",
    ],
    [
      "a length beyond the file",
      Buffer.from([0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
      "longer than the message that contains it",
    ],
  ])("refuses %s", async (_, bytes, message) => {
    const error = await read(bytes).catch((reason) => reason);
    expect(error).toBeInstanceOf(MalformedOnnx);
    expect(error.message).toContain(message);
  });

  test("refuses subgraphs that are nested too deep", async () => {
    let nodes: ModelInput["nodes"] = [];
    for (let depth = 0; depth < 80; depth++)
      nodes = [
        {
          op: "If",
          inputs: ["c"],
          outputs: [],
          attributes: {
            then_branch: { graph: { nodes, inputs: [], outputs: [] } },
          },
        },
      ];
    await expect(
      read(onnxModel({ nodes, inputs: [], outputs: [] })),
    ).rejects.toThrow("nested more than 64 deep");
  });

  test("skips weights, however large: of 3 GB next to nothing is read", async () => {
    const gigabytes = 3 * 2 ** 30;
    const varint = (value: number): number[] =>
      value < 128
        ? [value]
        : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
    const node = [0x0a, 5, 0x22, 3, ...Buffer.from("Neg")];
    const data = [0x4a, ...varint(gigabytes)];
    const tensor = [0x2a, ...varint(gigabytes + data.length), ...data];
    const head = Buffer.from([
      0x3a,
      ...varint(gigabytes + tensor.length + node.length),
      ...tensor,
    ]);
    const path = join(folder, "large.onnx");
    const file = await open(path, "w");
    await file.write(head, 0, head.length, 0);
    await file.write(
      Buffer.from(node),
      0,
      node.length,
      head.length + gigabytes,
    );
    await file.close();
    const before = bytesRead();
    expect((await readOnnx(path)).nodes.map(({ op }) => op)).toEqual(["Neg"]);
    expect(bytesRead() - before).toBeLessThan(20e6);
  });

  test("names a file that cannot be read", async () => {
    await expect(readOnnx(join(folder, "none.onnx"))).rejects.toThrow(
      "cannot be read (ENOENT)",
    );
  });

  test("reads any bytes, or says no with an error of ours", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), (bytes) =>
        readsOrRefuses(bytes),
      ),
      { numRuns: 300 },
    );
  });

  test("reads a model with flipped bytes, or says no with an error of ours", async () => {
    const good = onnxModel(MODEL);
    const flips = fc.array(
      fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(flips, (places) => {
        const bad = Buffer.from(good);
        for (const [at, by] of places) bad[at] = (bad[at] ?? 0) ^ by;
        return readsOrRefuses(bad);
      }),
      { numRuns: 500 },
    );
  });
});

async function readsOrRefuses(bytes: Uint8Array): Promise<void> {
  try {
    const model = await read(bytes);
    expect(Array.isArray(model.nodes)).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
  }
}
