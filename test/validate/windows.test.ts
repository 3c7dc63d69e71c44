import { describe, expect, test } from "vitest";
import { folderOf } from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { random } from "../support/random.ts";
import { safetensors, type TensorValue } from "../support/references-writer.ts";
import { found, foundBy } from "./behaviour-findings.ts";

/** A segmentor that looks at its whole input: each score is its pixel and the mean of its channel. */
const [CLASSES, SIDE, STRIDE] = [2, 4, 3];
const STEP = 2;
const SAID = {
  size: [SIDE, SIDE],
  stride: [STRIDE, STRIDE],
  edge: "shifted_inside",
};
type Rounding = (value: number) => number;
type Picture = { values: number[]; height: number; width: number };

function scoresOf({ values, height, width }: Picture, round: Rounding) {
  const size = height * width;
  return values.map((value, at) => {
    const first = at - (at % size);
    const sum = values
      .slice(first, first + size)
      .reduce((total, each) => round(total + each), 0);
    return round(value + round(sum / size));
  });
}

/** By the words of mmseg: windows from the upper left, those that reach over the edge shifted inside. */
function slide(picture: Picture, round: Rounding): number[] {
  const { values, height, width } = picture;
  const sums = values.map(() => 0);
  const counts = values.map(() => 0);
  for (let top = 0, lastRow = false; !lastRow; top += STRIDE) {
    const y = Math.min(top, height - SIDE);
    lastRow = top >= height - SIDE;
    for (let left = 0, last = false; !last; left += STRIDE) {
      const x = Math.min(left, width - SIDE);
      last = left >= width - SIDE;
      const places = Array.from({ length: CLASSES * SIDE * SIDE }, (_, at) => {
        const [kind, row] = [
          Math.floor(at / SIDE / SIDE),
          Math.floor(at / SIDE) % SIDE,
        ];
        return (kind * height + y + row) * width + x + (at % SIDE);
      });
      const window = places.map((place) => values[place] ?? 0);
      const scores = scoresOf(
        { values: window, height: SIDE, width: SIDE },
        round,
      );
      for (const [at, place] of places.entries()) {
        sums[place] = round((sums[place] ?? 0) + (scores[at] ?? 0));
        counts[place] = (counts[place] ?? 0) + 1;
      }
    }
  }
  return sums.map((sum, at) => round(sum / (counts[at] ?? 0)));
}

function sampled(values: number[], { height, width }: Picture) {
  const kept = values.filter(
    (_, at) =>
      (Math.floor(at / width) % height) % STEP === 0 &&
      (at % width) % STEP === 0,
  );
  return {
    shape: [1, CLASSES, Math.ceil(height / STEP), Math.ceil(width / STEP)],
    values: kept,
  };
}

interface Change {
  windows?: object | null;
  references?: boolean;
  argmax?: boolean;
}

function segmentor({
  windows = SAID,
  references = true,
  argmax = false,
}: Change = {}): Promise<string> {
  const rng = random(3);
  const draw = (height: number, width: number): Picture => ({
    values: Array.from({ length: CLASSES * height * width }, () =>
      Math.fround(rng.normal()),
    ),
    height,
    width,
  });
  const tensors: Record<string, TensorValue> = {};
  for (const name of ["random-0", "random-1"]) {
    const picture = draw(SIDE, SIDE);
    const shape = [1, CLASSES, SIDE, SIDE];
    tensors[`${name}/in/x`] = { dtype: "F32", shape, values: picture.values };
    tensors[`${name}/fp32/y`] = {
      dtype: "F32",
      shape,
      values: scoresOf(picture, Math.fround),
    };
    tensors[`${name}/fp64/y`] = {
      dtype: "F64",
      shape,
      values: scoresOf(picture, Number),
    };
  }
  const larger = references ? [draw(SIDE, 10), draw(10, SIDE)] : [];
  for (const [number, picture] of larger.entries()) {
    const at = `random-0/aux/windows.${number}`;
    const { height, width, values } = picture;
    tensors[`${at}/in/x`] = {
      dtype: "F32",
      shape: [1, CLASSES, height, width],
      values,
    };
    tensors[`${at}/fp32/y`] = {
      dtype: "F32",
      ...sampled(slide(picture, Math.fround), picture),
    };
    tensors[`${at}/fp64/y`] = {
      dtype: "F64",
      ...sampled(slide(picture, Number), picture),
    };
    tensors[`${at}/step`] = { dtype: "I64", shape: [1], values: [STEP] };
  }
  const contract = {
    version: 1,
    task: "segmentation",
    input: { name: "x", dtype: "f32", shape: [1, CLASSES, SIDE, SIDE] },
    outputs: [{ name: "y", dtype: "f32", shape: [1, CLASSES, SIDE, SIDE] }],
    preprocess: windows ? [{ windows }] : [],
  };
  const dims = [1, argmax ? 1 : CLASSES, SIDE, SIDE];
  return folderOf({
    "end2end.onnx": onnxModel({
      nodes: [
        { op: "GlobalAveragePool", inputs: ["x"], outputs: ["mean"] },
        {
          op: "Add",
          inputs: ["x", "mean"],
          outputs: [argmax ? "scores" : "y"],
        },
        ...(argmax
          ? [
              {
                op: "ArgMax",
                inputs: ["scores"],
                outputs: ["y"],
                attributes: { axis: 1 },
              },
            ]
          : []),
      ],
      inputs: [{ name: "x", dims: [1, CLASSES, SIDE, SIDE] }],
      outputs: [{ name: "y", dims, ...(argmax ? { type: 7 } : {}) }],
      weights: {},
    }),
    "references.safetensors": safetensors(tensors),
    "contract.json": JSON.stringify(contract),
  });
}

describe("windows and stride that contract.json names", () => {
  test("are right where the mean of the graph's scores is the source's own inference", async () => {
    const { status, message, details } = await found(segmentor());
    expect(message).toMatch(
      /^the mean of "y" over windows of 4×4, each 3×3 after the one before, beside the source's own inference equals the source/,
    );
    expect(status).toBe("pass");
    expect(details.predicted).toMatchObject([
      { name: "y", cases: 2, status: "pass" },
    ]);
  });

  test.each<[string, Change, string]>([
    [
      "another stride",
      { windows: { ...SAID, stride: [2, 3] } },
      'the mean of "y" over windows of 4×4, each 2×3 after the one before',
    ],
    [
      "another stride downwards",
      { windows: { ...SAID, stride: [3, 4] } },
      "each 3×4 after the one before, beside the source's own inference differs",
    ],
    [
      "a stride that leaves places out",
      { windows: { ...SAID, stride: [5, 3] } },
      "NaN or infinite on one side only",
    ],
    [
      "other windows",
      { windows: { ...SAID, size: [3, 4] } },
      "the graph does not accept a window of 3×4",
    ],
    [
      "windows that the source's are smaller than",
      { windows: { ...SAID, size: [8, 8] } },
      "contract.json declares windows of 8×8, but the source splits 10×4 into several windows",
    ],
    [
      "none",
      { windows: null },
      "the source averages the scores of windows of its input, but contract.json declares no windows",
    ],
    [
      "a graph that gives classes",
      { argmax: true },
      '"y" is not a map of scores of 2 classes, so windows cannot be averaged',
    ],
  ])("are wrong: %s", async (_, change, says) => {
    const { kind, message } = await found(segmentor(change));
    expect([kind, message]).toEqual(["wrong", expect.stringContaining(says)]);
  });

  test("are a warning where the references hold no larger input", async () => {
    const { status, message } = await found(segmentor({ references: false }));
    expect([status, message]).toEqual([
      "warn",
      "the mean of windows was not compared: the references contain no input that is larger than a window",
    ]);
  });

  test("are no step that the contract's own check does not know", async () => {
    const { message } = await foundBy("contract", segmentor());
    expect(message).not.toContain("not replayed");
  });
});
