import { join } from "node:path";
import { expect, test } from "vitest";
import { openReferences } from "../../../src/validate/evidence/open-references.ts";
import { weightsText } from "../../../src/validate/weights/judge-weights.ts";
import { createLineHashes } from "../../../src/validate/weights/line-hashes.ts";
import { createWeights } from "../../../src/validate/weights/weights.ts";
import { folderOf } from "../../support/model-folder.ts";
import { onnxModel, type TensorInput } from "../../support/onnx-writer.ts";
import { random } from "../../support/random.ts";
import { safetensors } from "../../support/references-writer.ts";

const [ROWS, COLUMNS] = [8, 6];
const rng = random(3);
const WEIGHT = Float32Array.from({ length: ROWS * COLUMNS }, () =>
  rng.normal(),
);

function hashes(values: Float32Array, rows: number, columns: number) {
  const found = createLineHashes(rows, columns);
  found.add(new Uint32Array(values.slice().buffer));
  return found.result();
}

/** With these values of the weight: their place, and by what they are multiplied. */
async function compared(
  changes: [row: number, column: number, factor: number][],
  weight: Partial<TensorInput> = {},
) {
  const values = WEIGHT.slice();
  for (const [row, column, factor] of changes)
    values[row * COLUMNS + column] =
      factor * (values[row * COLUMNS + column] ?? 0);
  const own = hashes(WEIGHT, ROWS, COLUMNS);
  const line = (held: Int32Array | undefined) => ({
    ...{ dtype: "I32" as const, shape: [held?.length ?? 0] },
    values: held ?? [],
  });
  const folder = await folderOf({
    "model.onnx": onnxModel({
      nodes: [{ op: "Gemm", inputs: ["x", "w"], outputs: ["y"] }],
      inputs: [{ name: "x", dims: ["batch", ROWS] }],
      outputs: [{ name: "y", dims: ["batch", COLUMNS] }],
      weights: { w: { dims: [ROWS, COLUMNS], values, ...weight } },
    }),
    "references.safetensors": safetensors(
      {
        "one/in/x": { dtype: "F32", shape: [1], values: [0] },
        "one/aux/weight.rows/w": line(own?.rows),
        "one/aux/weight.columns/w": line(own?.columns),
      },
      { "weight/w": "head.weight" },
    ),
  });
  const opened = await openReferences(join(folder, "references.safetensors"));
  try {
    return await createWeights(join(folder, "model.onnx"), {
      open: async () => opened,
      cases: async () => opened.cases,
      feeds: async () => new Map(),
      close: async () => undefined,
    }).compare();
  } finally {
    await opened.close();
  }
}

const column = (at: number, factor: number) =>
  Array.from({ length: ROWS }, (_, row): [number, number, number] => [
    ...([row, at, factor] as const),
  ]);

test("hashes are those that the engines write", () => {
  const found = hashes(Float32Array.from([1, -2, 0.5, 3, 4, 5]), 2, 3);

  // Of test/python/test_weights.py.
  expect([...(found?.rows ?? [])]).toEqual([1_551_892_480, 916_455_424]);
  expect([...(found?.columns ?? [])]).toEqual([
    -339_738_624, -662_700_032, -1_918_894_080,
  ]);
});

test("a weight that is the source's to the last bit is right", async () => {
  const report = await compared([]);

  expect(report).toEqual({ known: 1, compared: 1, failing: 0, weight: null });
  expect(weightsText(report)).toEqual([]);
});

test.each([
  ["a number", [[5, 3, 1.000001]], "row 5, column 3"],
  ["a row", [0, 1, 2].map((at) => [5, at, 1.001]), "row 5"],
  ["a column", column(4, 1.0001), "column 4"],
] as [string, [number, number, number][], string][])(
  "%s that differs is wrong",
  async (_, changes, place) => {
    expect(weightsText(await compared(changes))).toEqual([
      `1 of 1 weights in the graph differs from the source's, first head.weight, in ${place} of w`,
    ]);
  },
);

test("a weight that was computed from the source's is judged by what it gives", async () => {
  const all = [0, 1, 2, 3, 4, 5].flatMap((at) => column(at, 2));

  expect(await compared(all)).toMatchObject({ compared: 0, failing: 0 });
  expect(await compared([], { dims: [COLUMNS, ROWS] })).toMatchObject({
    compared: 0,
    failing: 0,
  });
});

test("what lies in another file, or is no float32, is not compared", async () => {
  const external = { location: "w.bin" };

  expect(await compared([], { external })).toMatchObject({ compared: 0 });
  expect(await compared([], { type: 6 })).toMatchObject({ compared: 0 });
});
