import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readOnnx } from "../../../src/onnx/read-onnx.ts";
import { openReferences } from "../../../src/validate/evidence/open-references.ts";
import { createFunctions } from "../../../src/validate/functions/functions.ts";
import { functionsText } from "../../../src/validate/functions/judge-functions.ts";
import { loadModel } from "../../../src/validate/runtime/onnx-runtime.ts";
import { folderOf } from "../../support/model-folder.ts";
import { type NodeInput, onnxModel } from "../../support/onnx-writer.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";

const ROWS = 6;
/** Of two scales. */
const GIVEN = [1, 100].flatMap((scale) =>
  [-0.9, -0.5, -0.1, 0.2, 0.6, 0.8].map((value) => Math.fround(scale * value)),
);
const SLOPES = [0.25, 0.5];
const FUNCTIONS: Record<string, (value: number, at: number) => number> = {
  clipped: (value) => Math.min(6, Math.max(0, value)),
  leaky: (value) => (value < 0 ? 0.01 * value : value),
  sloped: (value, at) => (value < 0 ? (SLOPES[at % 2] ?? 0) * value : value),
};

/** Three functions of one tensor: by an initializer and a Constant, by an attribute, and with slopes of two channels. */
function nodes({ most = "six", alpha = 0.01 } = {}): NodeInput[] {
  return [
    { op: "Neg", inputs: ["x"], outputs: ["h"] },
    {
      ...{ op: "Constant", inputs: [], outputs: ["zero"] },
      attributes: { value: { dims: [], values: [0] } },
    },
    { op: "Clip", inputs: ["h", "zero", most], outputs: ["clipped"] },
    {
      ...{ op: "LeakyRelu", inputs: ["h"], outputs: ["leaky"] },
      attributes: { alpha: { float: alpha } },
    },
    { op: "PRelu", inputs: ["h", "slopes"], outputs: ["sloped"] },
    { op: "Sum", inputs: ["clipped", "leaky", "sloped"], outputs: ["y"] },
  ];
}

function references(names: readonly string[]): Buffer {
  const tensors: Record<string, TensorValue> = {
    "one/in/x": { dtype: "F32", shape: [1, 2], values: [1, 2] },
    "one/fp32/y": { dtype: "F32", shape: [1, 2], values: [0, 0] },
  };
  const metadata: Record<string, string> = {};
  for (const name of names) {
    const channels = name === "sloped" ? 2 : 1;
    const given = GIVEN.flatMap((value) => Array<number>(channels).fill(value));
    const shape = [GIVEN.length, ...(channels > 1 ? [channels] : [])];
    const values = given.map((value, at) => FUNCTIONS[name]?.(value, at) ?? 0);
    for (const [part, dtype, held] of [
      ["in", "F32", given],
      ["fp32", "F32", values],
      ["fp64", "F64", values],
    ] as const)
      tensors[`one/aux/function.${part}/${name}`] = {
        dtype,
        shape,
        values: held,
      };
    metadata[`function/${name}`] = JSON.stringify({
      ...{ input: "h", function: name, layer: `of.${name}`, rows: ROWS },
    });
  }

  return safetensors(tensors, metadata);
}

async function compared(graph: NodeInput[], names = Object.keys(FUNCTIONS)) {
  const model = onnxModel({
    nodes: graph,
    inputs: [{ name: "x", dims: ["batch", 2] }],
    outputs: [{ name: "y", dims: ["batch", 2] }],
    weights: {
      six: { dims: [], values: [6] },
      sixty: { dims: [], values: [60] },
      slopes: { dims: [2], values: SLOPES },
    },
  });
  const folder = await folderOf({
    ...{ "model.onnx": model, "references.safetensors": references(names) },
  });
  const path = join(folder, "model.onnx");
  const opened = await openReferences(join(folder, "references.safetensors"));
  const nothing = () => undefined;
  try {
    return await createFunctions({
      ...{ model: path, graph: await readOnnx(path) },
      scratch: await mkdtemp(join(folder, "scratch-")),
      references: {
        open: async () => opened,
        cases: async () => opened.cases,
        feeds: async () => new Map(),
        close: async () => undefined,
      },
      watch: { begin: nothing, end: nothing, failed: nothing },
      open: (file) => loadModel(file, "disabled"),
    }).compare();
  } finally {
    await opened.close();
  }
}

test("functions of a right graph are the source's", async () => {
  const report = await compared(nodes());

  expect(report).toMatchObject({ known: 3, compared: 3, failing: 0 });
  expect(report?.values).toBe(4 * GIVEN.length);
  expect(functionsText(report)).toEqual([]);
});

test("a bound that the graph has elsewhere is wrong, and is told by a number", async () => {
  const report = await compared(nodes({ most: "sixty" }));

  expect(report).toMatchObject({
    ...{ compared: 3, failing: 1 },
    function: { name: "clipped", layer: "of.clipped" },
  });
  expect(functionsText(report)).toEqual([
    "1 of 3 functions inside the graph differs from the source's, first clipped of of.clipped: for 60 it is 60 in the ONNX model and 6 in the source",
  ]);
});

test("a slope is judged by the numbers of its own scale", async () => {
  const { function: found } = (await compared(nodes({ alpha: 0.0101 }))) ?? {};

  expect(found).toMatchObject({ name: "leaky" });
  expect(Math.abs(Number(found?.worst?.given))).toBeLessThan(1);
});

test("a function that is no single operator of the graph is not compared", async () => {
  const [neg, zero, clip, leaky, ...rest] = nodes() as [
    ...[NodeInput, NodeInput, NodeInput, NodeInput],
    ...NodeInput[],
  ];
  const computed: NodeInput = {
    ...{ op: "ReduceMax", inputs: ["x"], outputs: ["six-or-so"] },
    attributes: { keepdims: 0 },
  };
  const bounded = { ...clip, inputs: ["h", "zero", "six-or-so"] };
  const other = { ...leaky, inputs: ["x"] };
  const report = await compared([neg, zero, computed, bounded, other, ...rest]);

  expect(report).toMatchObject({ known: 3, compared: 1, failing: 0 });
});

test("one that ONNX Runtime refuses does not take the others with it", async () => {
  const [neg, zero, clip, leaky, , sum] = nodes() as [
    ...[NodeInput, NodeInput, NodeInput, NodeInput, NodeInput, NodeInput],
  ];
  const refused = {
    op: "PRelu",
    inputs: ["h", "zero", "six"],
    outputs: ["sloped"],
  };
  const report = await compared([neg, zero, clip, leaky, refused, sum]);

  expect(report).toMatchObject({ known: 3, compared: 2, failing: 0 });
});

test("references without functions say nothing", async () => {
  expect(await compared(nodes(), [])).toBeNull();
});

test("a description that is none is refused", async () => {
  const file = safetensors({}, { "function/y": '{"input": "x"}' });
  const folder = await folderOf({ "references.safetensors": file });

  await expect(
    openReferences(join(folder, "references.safetensors")),
  ).rejects.toThrow("the function that gives y is described in an unknown way");
});
