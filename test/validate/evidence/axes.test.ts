import { describe, expect, test } from "vitest";
import type { OnnxModel } from "../../../src/onnx/model.ts";
import { freeAxes, sizesToTry } from "../../../src/validate/evidence/axes.ts";
import type { ReferenceCase } from "../../../src/validate/evidence/references.ts";
import { withAxis } from "../../../src/validate/evidence/resize.ts";

/** A graph with these inputs, and references with these shapes, a case each. */
function axesOf(
  inputs: Record<string, (number | string)[]>,
  ...cases: Record<string, number[]>[]
) {
  const graph = {
    inputs: Object.entries(inputs).map(([name, shape]) => ({
      name,
      dtype: "float32",
      shape,
    })),
  };
  const references = cases.map((shapes) => ({
    inputs: new Map(
      Object.entries(shapes).map(([name, dims]) => [name, { dims }]),
    ),
  }));
  return freeAxes(
    graph as unknown as OnnxModel,
    references as unknown as ReferenceCase[],
  );
}

describe("freeAxes", () => {
  test("knows a batch of pictures, heights and widths", () => {
    const axes = axesOf(
      { x: ["anything", 3, "h", "w"] },
      { x: [1, 3, 64, 96] },
    );
    expect(axes.map(({ name, kind, sizes }) => [name, kind, sizes])).toEqual([
      ["anything", "batch", [1]],
      ["h", "height", [64]],
      ["w", "width", [96]],
    ]);
  });

  test("takes a first axis for a batch only where it is called so", () => {
    expect(axesOf({ x: ["batch_size", 6] }, { x: [4, 6] })[0]?.kind).toBe(
      "batch",
    );
    expect(axesOf({ x: ["points", 6] }, { x: [4, 6] })[0]?.kind).toBe("length");
  });

  test("couples axes of one name, and axes that are equal in every case", () => {
    const named = axesOf(
      { ids: ["b", "s"], mask: ["b", "s"] },
      { ids: [2, 7], mask: [2, 7] },
    );
    expect(named.map(({ places }) => places.length)).toEqual([2, 2]);
    const equal = axesOf(
      { ids: ["b", "s"], mask: ["b2", "s2"] },
      { ids: [2, 7], mask: [2, 7] },
      { ids: [3, 5], mask: [3, 5] },
    );
    expect(equal.map(({ name, places }) => [name, places.length])).toEqual([
      ["b", 2],
      ["s", 2],
    ]);
  });

  test("never couples the height and the width of a picture", () => {
    const square = axesOf(
      { x: [1, 3, "h", "w"] },
      { x: [1, 3, 64, 64] },
      { x: [1, 3, 96, 96] },
    );
    expect(square.map(({ kind }) => kind)).toEqual(["height", "width"]);
    expect(axesOf({ x: [1, 3, "s", "s"] }, { x: [1, 3, 64, 64] })).toHaveLength(
      1,
    );
  });

  test("does not couple axes that differ in one case", () => {
    expect(
      axesOf(
        { a: ["b", "s"], c: ["b", "t"] },
        { a: [1, 7], c: [1, 7] },
        { a: [1, 5], c: [1, 6] },
      ),
    ).toHaveLength(3);
  });
});

describe("sizesToTry", () => {
  const axis = (kind: "batch" | "height" | "length", sizes: number[]) => ({
    name: "a",
    places: [],
    sizes,
    kind,
  });
  test.each([
    [axis("batch", [4, 3, 1]), null, [5, 9], []],
    [axis("batch", [2]), null, [3, 5, 1], []],
    [axis("height", [64, 96]), null, [128, 224], [129]],
    [axis("height", [64, 96]), 8, [104, 200], []],
    [axis("height", [224]), null, [448, 672], [449]],
    [axis("height", [7, 12]), null, [13, 25], []],
    [axis("length", [7, 12]), null, [13, 25], [1]],
    [axis("length", [1, 32]), null, [33, 65], []],
    [axis("length", [16, 32]), null, [48, 80], [1]],
  ])(
    "of %j with stride %s: %j beyond, %j at the edge",
    (free, stride, beyond, edges) => {
      expect(sizesToTry(free, stride)).toEqual({ beyond, edges });
    },
  );
});

test("withAxis repeats the values or cuts them, along any axis", () => {
  const tensor = {
    dtype: "int64" as const,
    dims: [2, 2],
    data: BigInt64Array.from([1n, 2n, 3n, 4n]),
  };
  expect([...withAxis(tensor, 0, 3).data]).toEqual([1n, 2n, 3n, 4n, 1n, 2n]);
  expect([...withAxis(tensor, 1, 3).data]).toEqual([1n, 2n, 1n, 3n, 4n, 3n]);
  expect(withAxis(tensor, 1, 1)).toMatchObject({
    dims: [2, 1],
    data: BigInt64Array.from([1n, 3n]),
  });
  expect([...withAxis(tensor, 0, 5).data].map(Number)).toEqual([
    1, 2, 3, 4, 1, 2, 3, 4, 1, 2,
  ]);
  expect([...withAxis(tensor, 1, 5).data].map(Number)).toEqual([
    1, 2, 1, 2, 1, 3, 4, 3, 4, 3,
  ]);
  expect(withAxis(tensor, 0, 0)).toMatchObject({
    dims: [0, 2],
    data: new BigInt64Array(0),
  });
});
