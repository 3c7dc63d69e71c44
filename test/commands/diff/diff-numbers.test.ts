import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ModelDiff } from "../../../src/report/model-diff.ts";
import { commandLine } from "../../support/command-line.ts";
import { folderOf } from "../../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../../support/onnx-writer.ts";
import { safetensors } from "../../support/references-writer.ts";

const SIDE = 64;
const PORTS = {
  inputs: [{ name: "image", dims: [1, 3, SIDE, SIDE] }],
  outputs: [
    { name: "dets", dims: [1, 3, 5] },
    { name: "labels", dims: [1, 3], type: 7 },
  ],
};
const BOXES = [
  ...[4, 4, 30, 30, 0.9],
  ...[34, 10, 60, 40, 0.8],
  ...[10, 40, 30, 60, 0.7],
];

/** Finds the same boxes in every picture. */
function detector(boxes: number[], change: Partial<ModelInput> = {}) {
  return onnxModel({
    ...PORTS,
    weights: {
      boxes: { dims: [1, 3, 5], values: boxes },
      classes: { dims: [1, 3], values: [0, 1, 1], type: 7 },
      nothing: { dims: [], values: [0] },
    },
    nodes: [
      {
        ...{ op: "ReduceMean", inputs: ["image"], outputs: ["mean"] },
        attributes: { keepdims: 0 },
      },
      { op: "Mul", inputs: ["mean", "nothing"], outputs: ["zero"] },
      { op: "Add", inputs: ["boxes", "zero"], outputs: ["dets"] },
      { op: "Identity", inputs: ["classes"], outputs: ["labels"] },
    ],
    ...change,
  });
}

const CONTRACT = {
  ...{ version: 1, task: "detection" },
  input: {
    ...{ name: "image", dtype: "f32", shape: [1, 3, SIDE, SIDE] },
    layout: "NCHW",
  },
  outputs: [
    { name: "dets", dtype: "f32", shape: [1, 3, 5], format: "x1y1x2y2s" },
    { name: "labels", dtype: "i64", shape: [1, 3], label_offset: 0 },
  ],
  preprocess: [
    { decode: "bgr8" },
    { resize: "stretch", to: [SIDE, SIDE] },
    { normalize: { order: "rgb", range: "0..255", mean: 127, std: 64 } },
  ],
  classes: ["car", "person"],
};
const PICTURE = Array.from(
  { length: 3 * SIDE * SIDE },
  (_, at) => ((at % SIDE) + Math.floor(at / SIDE / 3)) / SIDE - 1,
);

/** A sample of the detector, as its references have it. */
function references(input = "image", dtype: "F32" | "F64" = "F32") {
  const dets = { shape: [1, 3, 5], values: BOXES };
  return safetensors(
    {
      [`real-0/in/${input}`]: {
        ...{ dtype, shape: [1, 3, SIDE, SIDE], values: PICTURE },
      },
      "real-0/fp32/dets": { dtype: "F32", ...dets },
      "real-0/fp32/labels": { dtype: "I64", shape: [1, 3], values: [0, 1, 1] },
    },
    { "real-0/kind": "real", "file/real-0": "street.png" },
  );
}

function folder(
  model: Buffer,
  more: { contract?: object; references?: Buffer } = {},
) {
  return folderOf({
    "model.onnx": model,
    "contract.json": JSON.stringify(more.contract ?? CONTRACT),
    ...(more.references ? { "references.safetensors": more.references } : {}),
  });
}

async function diff(was: string, is: string, ...flags: string[]) {
  const { code, stdout, stderr } = await commandLine(
    ["diff", was, is, "--json", ...flags],
    { cwd: was },
  );
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout) as ModelDiff;
}

test("detections are matched, counted and drawn on the sample's picture", async () => {
  const was = await folder(detector(BOXES), { references: references() });
  const moved = [...BOXES];
  moved.splice(0, 4, 5, 5, 31, 31);
  moved[14] = 0.1;

  const found = await diff(was, await folder(detector(moved)), "--out", "d");

  expect(found.numbers).toMatchObject({
    ...{ status: "compared", inputs: "references of the old model" },
    cases: ["real-0"],
    detections: { was: 3, is: 2, matched: 2 },
  });
  const page = readFileSync(join(was, "d/diff.html"), "utf8");
  expect(page).toContain("2 of 3 detections of the old model");
  expect(page).toContain("data:image/png;base64,");
  expect(page).toContain("street.png");
  expect(page).toMatch(/<b>Old model<\/b>.*<b>New model<\/b>/);
});

test("an output that only one has is named, and operators are counted", async () => {
  const was = await folder(detector(BOXES), { references: references() });
  const nodes = [
    { op: "Identity", inputs: ["boxes"], outputs: ["dets"] },
    { op: "Identity", inputs: ["classes"], outputs: ["labels"] },
    { op: "Relu", inputs: ["image"], outputs: ["map"] },
  ];
  const map = { name: "map", dims: [1, 3, SIDE, SIDE] };
  const is = await folder(
    detector(BOXES, { nodes, outputs: [...PORTS.outputs, map] }),
    {
      contract: {
        ...CONTRACT,
        outputs: [
          ...CONTRACT.outputs,
          { name: "map", dtype: "f32", shape: map.dims },
        ],
      },
    },
  );

  const found = await diff(was, is);

  expect(found).toMatchObject({
    level: "additive",
    operators: [
      { operator: "Add", was: 1, is: 0 },
      { operator: "Identity", was: 1, is: 2 },
      { operator: "Mul", was: 1, is: 0 },
      { operator: "ReduceMean", was: 1, is: 0 },
      { operator: "Relu", was: 0, is: 1 },
    ],
    numbers: {
      only: { was: [], is: ["map"] },
      detections: { was: 3, is: 3, matched: 3 },
    },
  });
  // The other way round it is gone, and the rest is still compared.
  const back = await diff(is, was);
  expect(back).toMatchObject({
    ...{ level: "breaking", numbers: { only: { was: ["map"], is: [] } } },
  });
});

const ADD_TWO: ModelInput = {
  inputs: [{ name: "x", dims: ["batch", 2] }],
  outputs: [{ name: "y", dims: ["batch", 2] }],
  nodes: [{ op: "Add", inputs: ["x", "x"], outputs: ["y"] }],
};
const renamed = detector(BOXES, {
  inputs: [{ name: "pixels", dims: [1, 3, SIDE, SIDE] }],
  nodes: [
    { op: "Identity", inputs: ["boxes"], outputs: ["dets"] },
    { op: "Identity", inputs: ["classes"], outputs: ["labels"] },
    { op: "Relu", inputs: ["pixels"], outputs: ["unused"] },
  ],
});

test.each([
  ["two kinds of models", onnxModel(ADD_TWO), "no output has the same name"],
  ["an input renamed", renamed, "the second model has no input image"],
  [
    "another size",
    detector(BOXES, { inputs: [{ name: "image", dims: [1, 3, 32, 32] }] }),
    "takes [1,3,32,32], the references have [1,3,64,64]",
  ],
])(
  "%s: the numbers are not compared, and why is said",
  async (_, model, why) => {
    const was = await folder(detector(BOXES), { references: references() });
    const contract = { ...CONTRACT, task: "regression" };

    const found = await diff(was, await folder(model, { contract }));

    expect(found.level).toBe("breaking");
    expect(found.numbers).toEqual({
      ...{ status: "not-compared", why: expect.stringContaining(why) },
    });
  },
);

test("a model that ONNX Runtime refuses is said of the side it is", async () => {
  const good = await folder(detector(BOXES), { references: references() });
  const bad = detector(BOXES, {
    nodes: [
      { op: "NoSuchOperator", inputs: ["image"], outputs: ["dets"] },
      { op: "Identity", inputs: ["classes"], outputs: ["labels"] },
    ],
  });
  const broken = await folder(bad, { references: references() });

  expect((await diff(broken, good)).numbers).toMatchObject({
    ...{ status: "not-compared", why: expect.stringMatching(/first model/) },
  });
  const { numbers } = await diff(good, broken);
  expect(numbers).toMatchObject({
    ...{ status: "not-compared", why: expect.stringMatching(/second model/) },
  });
});
