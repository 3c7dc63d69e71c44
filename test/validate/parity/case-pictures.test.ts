import { describe, expect, test } from "vitest";
import type { CaseKind } from "../../../src/validate/evidence/references.ts";
import type { Tensor } from "../../../src/validate/evidence/tensor.ts";
import { createPictureCollector } from "../../../src/validate/parity/case-pictures.ts";
import type { CaseOutputs } from "../../../src/validate/parity/collect.ts";

const floats = (dims: number[], values: number[]): Tensor => ({
  dtype: "float32",
  dims,
  data: Float32Array.from(values),
});
const labels = (dims: number[], values: number[]): Tensor => ({
  dtype: "int64",
  dims,
  data: BigInt64Array.from(values, BigInt),
});

/** What both sides give for the output `y` in one case. */
function caseOf(
  name: string,
  kind: CaseKind,
  [onnx, source]: [Tensor, Tensor],
): CaseOutputs {
  const compared = {
    ...{ onnx, fp32: source, fp64: null, variants: [] },
    ...{ margin: null, noise: null },
  };
  return {
    ...{ name, kind },
    read: async (output) => (output === "y" ? compared : null),
    exactIntermediate: async () => null,
  };
}

const contract = (task: string) => ({
  task,
  outputs: [{ name: "y", dtype: "f32", shape: [] }],
});
const SCORES: [Tensor, Tensor] = [
  floats([2, 4], [0.1, 0.2, Number.NaN, 0.7, 1, 0, 0, 0]),
  floats([2, 4], [0.7, 0.2, 0, 0.1, 1, 0, 0, 0]),
];

describe("what a classifier decides", () => {
  test.each(["classification", "tabular-classification"])(
    "is the best classes of the first row on both sides: %s",
    async (task) => {
      const pictures = createPictureCollector(contract(task));
      await pictures.add(caseOf("sample-0", "real", SCORES));
      expect(pictures.classes).toEqual([
        {
          case: "sample-0",
          output: "y",
          source: [
            [0, 0.7],
            [1, 0.2],
            [3, 0.1],
          ],
          edge: [
            [3, 0.7],
            [1, 0.2],
            [0, 0.1],
          ],
        },
      ]);
      expect(pictures.masks).toEqual([]);
    },
  );

  test.each([
    ["a detector", "detection", SCORES],
    ["a detector with masks", "instance-segmentation", SCORES],
    ["a regression", "regression", SCORES],
    [
      "labels alone",
      "classification",
      [labels([2], [1, 0]), labels([2], [1, 0])],
    ],
    [
      "one score a row",
      "classification",
      [floats([2, 1], [1, 0]), floats([2, 1], [1, 0])],
    ],
  ] as [string, string, [Tensor, Tensor]][])(
    "is nothing of %s",
    async (_, task, sides) => {
      const pictures = createPictureCollector(contract(task));
      await pictures.add(caseOf("sample-0", "real", sides));
      expect([pictures.classes, pictures.masks]).toEqual([[], []]);
    },
  );

  test("is of samples, at most four, or of the first other case where there are none", async () => {
    const many = createPictureCollector(contract("classification"));
    for (const name of ["a", "b", "c", "d", "e"])
      await many.add(caseOf(name, "real", SCORES));
    await many.add(caseOf("random-0", "random", SCORES));
    expect(many.classes.map((each) => each.case)).toEqual(["a", "b", "c", "d"]);

    const none = createPictureCollector(contract("classification"));
    await none.add(caseOf("extreme-high", "extreme", SCORES));
    await none.add(caseOf("random-0", "random", SCORES));
    await none.add(caseOf("random-1", "random", SCORES));
    expect(none.classes.map((each) => each.case)).toEqual(["random-0"]);
  });
});

describe("what a segmentor decides", () => {
  async function maskOf(onnx: Tensor, source: Tensor) {
    const pictures = createPictureCollector(contract("segmentation"));
    await pictures.add(caseOf("sample-0", "real", [onnx, source]));
    return pictures.masks[0];
  }

  test("is both maps of labels, and where they differ", async () => {
    const edge = labels([1, 1, 2, 3], [0, 0, 0, 1, 1, 1]);
    const source = labels([1, 1, 2, 3], [0, 0, 0, 1, 2, 1]);
    expect(await maskOf(edge, source)).toEqual({
      ...{ case: "sample-0", output: "y", width: 3, height: 2 },
      ...{ source: "0*3 1*1 2*1 1*1", edge: "0*3 1*3" },
      ...{ apart: "0*4 1*1 0*1", pixels: 6, different: 1 },
    });
  });

  test("is the best of the scores of each pixel, or whether the only one is over a half", async () => {
    const scores = floats([1, 2, 1, 2], [0.9, 0.1, 0.1, 0.9]);
    expect((await maskOf(scores, scores))?.edge).toBe("0*1 1*1");
    const single = floats([1, 1, 1, 2], [0.4, 0.6]);
    expect((await maskOf(single, single))?.edge).toBe("0*1 1*1");
  });

  test("of a large map is coarser, and a single pixel that differs is still seen", async () => {
    const [height, width] = [700, 1000];
    const values = Array.from({ length: height * width }, (_, at) =>
      Number(at % width > 500),
    );
    const other = [...values];
    other[0] = 3;
    const dims = [1, height, width];
    const mask = await maskOf(labels(dims, other), labels(dims, values));
    expect(mask).toMatchObject({ width: 160, height: 112, different: 1 });
    expect(mask?.apart).toBe(`1*1 0*${160 * 112 - 1}`);
  });

  test("stays small whatever the map is", async () => {
    const noise = Array.from(
      { length: 300 * 300 },
      (_, at) => (at * 7919) % 150,
    );
    const dims = [1, 300, 300];
    const mask = await maskOf(
      labels(dims, noise),
      labels(dims, noise.toReversed()),
    );
    expect(JSON.stringify(mask).length).toBeLessThan(26_000);
  });

  test.each([
    ["of another shape", labels([1, 1, 2], [0, 0]), labels([1, 2, 1], [0, 0])],
    ["of rows", labels([1, 2], [0, 0]), labels([1, 2], [0, 0])],
    ["of nothing", labels([1, 1, 0, 2], []), labels([1, 1, 0, 2], [])],
  ])("is nothing of outputs %s", async (_, onnx, source) => {
    expect(await maskOf(onnx, source)).toBeUndefined();
  });
});
