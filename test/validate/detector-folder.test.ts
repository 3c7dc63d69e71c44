import { describe, expect, test } from "vitest";
import { folderOf } from "../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../support/onnx-writer.ts";
import { random } from "../support/random.ts";
import { safetensors, type TensorValue } from "../support/references-writer.ts";
import { checkOf, validate } from "../support/validate.ts";
import { after, ints, node, scalar } from "./mutations/edits.ts";

/** A "detector" whose input rows are its boxes: corners, score, label. */
const MODEL: ModelInput = {
  nodes: [
    node("Slice", ["x", "zero", "five", "axis"], "dets"),
    node("Gather", ["x", "at"], "column", { attributes: { axis: 2 } }),
    node("Cast", ["column"], "labels", { attributes: { to: 7 } }),
  ],
  inputs: [{ name: "x", dims: ["batch", "boxes", 6] }],
  outputs: [
    { name: "dets", dims: ["batch", "boxes", 5] },
    { name: "labels", dims: ["batch", "boxes"], type: 7 },
  ],
  weights: {
    zero: ints(0),
    five: ints(5),
    axis: ints(2),
    at: { dims: [], values: [5], type: 7 },
  },
};

/** Two cases with a picture each of 8 boxes, one real, and one case without any. */
function references(): Buffer {
  const rng = random(31);
  const tensors: Record<string, TensorValue> = {};
  for (const [name, batch] of [
    ["sample-0", 1],
    ["random-0", 2],
    ["flat", 1],
  ] as const) {
    const rows = Array.from({ length: batch * 8 }, (_, index) => {
      const [x, y] = [
        20 + 150 * (index % 4),
        20 + 120 * Math.floor((index % 8) / 4),
      ];
      const score = name === "flat" ? 0 : 0.9 - 0.07 * (index % 8);
      return [
        x + rng.uniform(),
        y,
        x + 70,
        y + 60 + rng.uniform(),
        score,
        name === "flat" ? -1 : index % 3,
      ].map(Math.fround);
    });
    const part = (from: number, to: number) =>
      rows.flatMap((row) => row.slice(from, to));
    const boxes = part(0, 5);
    tensors[`${name}/in/x`] = {
      dtype: "F32",
      shape: [batch, 8, 6],
      values: rows.flat(),
    };
    tensors[`${name}/fp32/dets`] = {
      dtype: "F32",
      shape: [batch, 8, 5],
      values: boxes,
    };
    tensors[`${name}/fp64/dets`] = {
      dtype: "F64",
      shape: [batch, 8, 5],
      values: boxes.map((value) => value * (1 + 1e-8)),
    };
    for (const side of ["fp32", "fp64"])
      tensors[`${name}/${side}/labels`] = {
        dtype: "I64",
        shape: [batch, 8],
        values: part(5, 6),
      };
  }
  return safetensors(tensors, { "sample-0/kind": "real" });
}

const folder = (change: (model: ModelInput) => ModelInput = (model) => model) =>
  folderOf({
    "end2end.onnx": onnxModel(change(MODEL)),
    "references.safetensors": references(),
  });

/** The output goes through more nodes. */
const through =
  (
    name: string,
    nodes: ReturnType<typeof node>[],
    weights: ModelInput["weights"] = {},
  ) =>
  (model: ModelInput) =>
    after(
      nodes,
      weights,
    )({
      ...model,
      nodes: model.nodes.map((each) => ({
        ...each,
        outputs: each.outputs.map((output) =>
          output === name ? `${name}0` : output,
        ),
      })),
    });
const reversed = (name: string) =>
  node("Slice", [`${name}0`, "last", "first", "one", "back"], name);
const back = {
  last: ints(-1),
  first: ints(-1000),
  one: ints(1),
  back: ints(-1),
};

describe("a detector's folder", () => {
  test("is green, whatever the order of its boxes, and its report has the boxes of both sides", async () => {
    const verdict = await validate(await folder());
    expect(checkOf(verdict, "parity").status, verdict.sentence).toBe("pass");
    expect(checkOf(verdict, "behaviour")).toMatchObject({
      status: "warn",
      message: expect.stringMatching(/after NMS only/),
    });
    const details = checkOf(verdict, "parity").details as {
      boxes: { case: string; source: number[][]; edge: number[][] }[];
    };
    expect(
      details.boxes.map((each) => [
        each.case,
        each.source.length,
        each.edge[0]?.length,
      ]),
    ).toEqual([["sample-0", 8, 6]]);
    const other = through(
      "labels",
      [reversed("labels")],
      back,
    )(through("dets", [reversed("dets")], back)(MODEL));
    expect(
      checkOf(await validate(await folder(() => other)), "parity").status,
    ).toBe("pass");
  });

  test.each<[string, (model: ModelInput) => ModelInput, string]>([
    [
      "labels off by one",
      through("labels", [node("Add", ["labels0", "k"], "labels")], {
        k: ints(1),
      }),
      "its labels are shifted by +1: 24 boxes",
    ],
    [
      "scaled boxes",
      through("dets", [node("Mul", ["dets0", "k"], "dets")], {
        k: scalar(1.001),
      }),
      "a corner differs",
    ],
    [
      "boxes in reverse, labels not",
      through("dets", [reversed("dets")], back),
      "missing in the ONNX",
    ],
    [
      "a box too few",
      through("dets", [node("Slice", ["dets0", "from", "to", "one"], "dets")], {
        from: ints(1),
        to: ints(99),
        one: ints(1),
      }),
      "missing in the ONNX",
    ],
  ])("is red with %s", async (_, change, message) => {
    const verdict = await validate(await folder(change));
    expect(verdict.outcome).toBe("fail");
    expect(checkOf(verdict, "parity").message).toContain(message);
  });
});
