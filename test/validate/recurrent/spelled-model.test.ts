import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readOnnx } from "../../../src/onnx/read-onnx.ts";
import type { Feeds } from "../../../src/validate/evidence/tensor.ts";
import { createSpelled } from "../../../src/validate/recurrent/spelled.ts";
import { spelledModel } from "../../../src/validate/recurrent/spelled-model.ts";
import { loadModel } from "../../../src/validate/runtime/onnx-runtime.ts";
import type { ReferenceSet } from "../../../src/validate/runtime/reference-set.ts";
import { folderOf } from "../../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../../support/onnx-writer.ts";
import { random } from "../../support/random.ts";
import { byHand } from "./by-hand.ts";
import { type Layer, layer, layerModel } from "./layers.ts";

const TIME = 5;
const BATCH = 2;

async function spelledFile(model: ModelInput): Promise<string | null> {
  const folder = await folderOf({ "model.onnx": onnxModel(model) });
  const path = join(folder, "model.onnx");
  const scratch = await mkdtemp(join(folder, "scratch-"));
  return spelledModel(path, await readOnnx(path), scratch);
}

function inputs({ input, hidden, hasStates, op, direction }: Layer): Feeds {
  const rng = random(9);
  const ways = direction === "bidirectional" ? 2 : 1;
  const tensor = (dims: number[]) => ({
    dtype: "float32" as const,
    dims,
    data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () =>
      rng.normal(),
    ),
  });
  const feeds = new Map([["x", tensor([TIME, BATCH, input])]]);
  for (const name of hasStates ? (op === "LSTM" ? ["h", "c"] : ["h"]) : [])
    feeds.set(name, tensor([ways, BATCH, hidden]));
  return feeds;
}

function numbers(feeds: Feeds, name: string): number[] {
  return [...((feeds.get(name)?.data ?? []) as Float32Array)];
}

async function answers(path: string, feeds: Feeds): Promise<Feeds> {
  const loaded = await loadModel(path, "all");
  const found = await loaded.run(feeds);
  await loaded.release();
  return found;
}

const LAYERS: [name: string, given: Layer, opset: number][] = [
  ...(["LSTM", "GRU", "RNN"] as const).flatMap((op) =>
    (["forward", "reverse", "bidirectional"] as const).flatMap(
      (direction): [string, Layer, number][] => [
        [`${op} ${direction}`, layer(op, { direction }), 17],
        [`${op} ${direction}, no bias`, layer(op, { direction, b: null }), 11],
        [
          `${op} ${direction}, states`,
          layer(op, { direction, hasStates: true }),
          21,
        ],
      ],
    ),
  ),
  ["GRU that resets after", layer("GRU", { linearBeforeReset: true }), 14],
  ["RNN by Relu", layer("RNN", { activation: "Relu" }), 9],
  [
    "RNN by Sigmoid",
    layer("RNN", { activation: "Sigmoid", direction: "bidirectional" }),
    22,
  ],
];

test.each(LAYERS)(
  "%s is what ONNX Runtime's kernel computes",
  async (_, given, opset) => {
    const model = layerModel(given, opset);
    const folder = await folderOf({ "model.onnx": onnxModel(model) });
    const feeds = inputs(given);

    const plain = await answers(join(folder, "model.onnx"), feeds);
    const spelled = await answers((await spelledFile(model)) ?? "", feeds);

    expect([...spelled.keys()]).toEqual([...plain.keys()]);
    for (const [name, { data, dims }] of plain) {
      const other = spelled.get(name);
      expect(other?.dims).toEqual(dims);
      for (const [at, value] of (data as Float32Array).entries())
        expect(Math.abs(value - Number(other?.data[at]))).toBeLessThan(2e-6);
    }
  },
);

test.each(LAYERS.filter(([, { hasStates }]) => !hasStates))(
  "%s is what the text of ONNX says, in float64",
  async (_, given, opset) => {
    const feeds = inputs(given);
    const x = numbers(feeds, "x");

    const path = await spelledFile(layerModel(given, opset));
    const found = await answers(path ?? "", feeds);

    const exact = byHand(given, x, [TIME, BATCH]);
    expect(numbers(found, "y")).toEqual(exact.y.map(Math.fround));
    expect(numbers(found, "last")).toEqual(exact.last.map(Math.fround));
  },
);

test("weights that are computed, nodes around and other layers stay as they are", async () => {
  const model = layerModel(layer("LSTM"));
  model.nodes.unshift({ op: "Identity", inputs: ["w0"], outputs: ["w"] });
  model.nodes.push({ op: "Relu", inputs: ["last"], outputs: ["after"] });
  model.outputs.push({ name: "after", dims: [1, "batch", 4] });
  const { w = { dims: [], values: [] }, ...others } = model.weights ?? {};
  const path = await spelledFile({
    ...model,
    weights: { ...others, w0: w },
  });

  const { nodes } = await readOnnx(path ?? "");
  expect(nodes[0]).toMatchObject({ op: "Identity", outputs: ["w"] });
  expect(nodes.at(-1)).toMatchObject({ op: "Relu", inputs: ["last"] });
  expect(nodes.filter(({ op }) => op === "LSTM")).toEqual([]);
});

test("between the transposes of torch's batch_first it is loaded", async () => {
  const given = layerModel(layer("LSTM"));
  const transpose = (from: string, to: string) => ({
    ...{ op: "Transpose", inputs: [from], outputs: [to] },
    attributes: { perm: [1, 0, 2] },
  });
  const model = {
    ...given,
    nodes: [
      transpose("rows", "x"),
      ...given.nodes,
      { op: "Squeeze", inputs: ["y", "ways"], outputs: ["steps"] },
      transpose("steps", "out"),
    ],
    inputs: [{ name: "rows", dims: ["batch", "time", 3] }],
    outputs: [{ name: "out", dims: ["batch", "time", 4] }],
    weights: { ...given.weights, ways: { dims: [1], values: [1], type: 7 } },
  };
  const folder = await folderOf({ "model.onnx": onnxModel(model) });
  const path = join(folder, "model.onnx");
  const nothing = () => undefined;

  const opened = await createSpelled({
    ...{ model: path, graph: await readOnnx(path), scratch: folder },
    references: {} as ReferenceSet,
    watch: { begin: nothing, end: nothing, failed: nothing },
  }).open();

  expect(opened).not.toBeNull();
  await opened?.release();
});

const NO_FORM: [string, (model: ModelInput) => void][] = [
  [
    "no recurrent layer",
    (model) => {
      model.nodes = [{ op: "Relu", inputs: ["x"], outputs: ["y"] }];
    },
  ],
  [
    "lengths of the rows",
    (model) => {
      (model.nodes[0]?.inputs as string[])[4] = "lengths";
    },
  ],
  [
    "a limit of the values",
    (model) => {
      Object.assign(model.nodes[0]?.attributes ?? {}, { clip: { float: 3 } });
    },
  ],
  [
    "a coupled gate",
    (model) => {
      Object.assign(model.nodes[0]?.attributes ?? {}, { input_forget: 1 });
    },
  ],
  [
    "another activation",
    (model) => {
      Object.assign(model.nodes[0]?.attributes ?? {}, {
        activations: { texts: ["HardSigmoid", "Tanh", "Tanh"] },
      });
    },
  ],
  [
    "batches first",
    (model) => {
      Object.assign(model.nodes[0]?.attributes ?? {}, { layout: 1 });
    },
  ],
  [
    "an old opset",
    (model) => {
      model.opset = 8;
    },
  ],
];

test.each(NO_FORM)("with %s there is no such form", async (_, change) => {
  const model = layerModel(layer("LSTM"));
  change(model);
  expect(await spelledFile(model)).toBeNull();
});
