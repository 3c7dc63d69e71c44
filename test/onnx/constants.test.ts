import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readOnnx } from "../../src/onnx/read-onnx.ts";
import { MalformedOnnx } from "../../src/onnx/wire.ts";
import {
  type Attribute,
  type GraphInput,
  onnxModel,
  type TensorInput,
} from "../support/onnx-writer.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "constants-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function constantsOf(bytes: Uint8Array) {
  const path = join(folder, "model.onnx");
  await writeFile(path, bytes);
  const { constants } = await readOnnx(path);
  return constants.map(({ scope, name, values }) => [scope, name, values]);
}

const constant = (attribute: string, value: Attribute) => ({
  op: "Constant",
  inputs: [],
  outputs: ["c"],
  attributes: { [attribute]: value },
});
const graph = (more: Partial<GraphInput>) =>
  onnxModel({ nodes: [], inputs: [], outputs: [], ...more });
const weight = (tensor: TensorInput) => graph({ weights: { w: tensor } });

describe("constants of a model", () => {
  test.each<[string, Uint8Array, unknown[]]>([
    ["floats", weight({ dims: [2], values: [0.5, -1] }), ["", "w", [0.5, -1]]],
    [
      "a scalar",
      weight({ dims: [], values: [300], type: 7 }),
      ["", "w", [300]],
    ],
    [
      "long integers",
      weight({ dims: [2], values: [-7, 2 ** 40], type: 7 }),
      ["", "w", [-7, 2 ** 40]],
    ],
    ["integers", weight({ dims: [1], values: [-9], type: 6 }), ["", "w", [-9]]],
    [
      "doubles",
      weight({ dims: [1], values: [0.1], type: 11 }),
      ["", "w", [0.1]],
    ],
    [
      "truths",
      weight({ dims: [2], values: [1, 0], type: 9 }),
      ["", "w", [1, 0]],
    ],
    [
      "64 elements",
      weight({ dims: [8, 8], values: Array(64).fill(1) }),
      ["", "w", Array(64).fill(1)],
    ],
    ["none", weight({ dims: [0], values: [] }), ["", "w", []]],
    [
      "a tensor in a node",
      graph({ nodes: [constant("value", { dims: [1], values: [0.25] })] }),
      ["", "c", [0.25]],
    ],
    [
      "a float in a node",
      graph({ nodes: [constant("value_float", { float: 0.5 })] }),
      ["", "c", [0.5]],
    ],
    [
      "floats in a node",
      graph({ nodes: [constant("value_floats", { floats: [0.5, 1] })] }),
      ["", "c", [0.5, 1]],
    ],
    [
      "an integer in a node",
      graph({ nodes: [constant("value_int", -5)] }),
      ["", "c", [-5]],
    ],
    [
      "integers in a node",
      graph({ nodes: [constant("value_ints", [1, -2])] }),
      ["", "c", [1, -2]],
    ],
  ])("are read: %s", async (_, bytes, expected) => {
    expect(await constantsOf(bytes)).toEqual([expected]);
  });

  test("of subgraphs are apart", async () => {
    const inner = (value: number) => ({ graph: graphOf(value) });
    const graphOf = (value: number): GraphInput => ({
      nodes: [constant("value_int", value)],
      inputs: [],
      outputs: [],
    });
    const attributes = { then_branch: inner(1), else_branch: inner(2) };
    const model = graph({
      nodes: [
        { op: "If", name: "pick", inputs: ["x"], outputs: ["y"], attributes },
      ],
    });
    expect(await constantsOf(model)).toEqual([
      ["pick/then_branch", "c", [1]],
      ["pick/else_branch", "c", [2]],
    ]);
  });

  test.each<[string, Uint8Array]>([
    ["65 elements", weight({ dims: [65], values: Array(65).fill(1) })],
    ["a length below zero", weight({ dims: [-1], values: [1] })],
    ["half floats", weight({ dims: [1], values: [1], type: 10 })],
    [
      "fewer values than its shape",
      weight({ dims: [2], values: [1], type: 7 }),
    ],
    [
      "more values than its shape",
      weight({ dims: [1], values: [1, 2], type: 7 }),
    ],
    [
      "values in another file",
      weight({ dims: [1], values: [], external: { location: "w.bin" } }),
    ],
    [
      "65 integers in a node",
      graph({ nodes: [constant("value_ints", Array(65).fill(1))] }),
    ],
    [
      "attributes of other operators",
      graph({ nodes: [{ ...constant("value_int", 1), op: "Foo" }] }),
    ],
    [
      "Constant of another domain",
      graph({ nodes: [{ ...constant("value_int", 1), domain: "own" }] }),
    ],
  ])("are not made of %s", async (_, bytes) => {
    expect(await constantsOf(bytes)).toEqual([]);
  });

  test("are read of any bytes, or refused with an error of ours", async () => {
    const good = graph({
      nodes: [
        constant("value", { dims: [3], values: [1, 2, 3] }),
        constant("value_floats", { floats: [1, 2] }),
      ],
      weights: {
        k: { dims: [2], values: [1, 2], type: 7 },
        f: { dims: [], values: [0.5] },
      },
    });
    const flips = fc.array(
      fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    await fc.assert(
      fc.asyncProperty(flips, async (places) => {
        const bad = Buffer.from(good);
        for (const [at, by] of places) bad[at] = (bad[at] ?? 0) ^ by;
        const found = await constantsOf(bad).catch((error) => error);
        if (found instanceof Error) expect(found).toBeInstanceOf(MalformedOnnx);
        else
          for (const [, , values] of found)
            expect((values as number[]).length).toBeLessThanOrEqual(64);
      }),
      { numRuns: 500 },
    );
  });
});
