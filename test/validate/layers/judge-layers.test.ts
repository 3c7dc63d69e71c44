import { expect, test } from "vitest";
import {
  judgeLayers,
  LAYER_FACTOR,
} from "../../../src/validate/layers/judge-layers.ts";
import { compareValues } from "../../../src/validate/parity/compare-values.ts";
import { createFloatAccumulator } from "../../../src/validate/parity/float-accumulator.ts";

/** Two channels of two values each, in two rows: the source in float64, what its float32 and the graph are off by in the first. */
function layer(
  name: string,
  row: number[],
  noise: number[],
  errors: number[],
  rows = 2,
) {
  const exact = Array.from({ length: rows }, () => row).flat();
  const accumulator = createFloatAccumulator("float32", 1, 2);
  const off = (by: number[]) => exact.map((value, at) => value + (by[at] ?? 0));
  const tensor = (values: number[]) => ({
    dtype: "float64" as const,
    dims: [rows, 2, 2],
    data: Float64Array.from(values),
  });
  const values = { exact, noisy: off(noise), onnx: off(errors) };
  const [onnx, noisy] = [tensor(values.onnx), tensor(values.noisy)];
  const floatCase = { name: "one", exact: tensor(exact), onnx, noisy };
  compareValues(
    accumulator,
    floatCase,
    { outer: rows, channels: 2, inner: 2 },
    {
      onnx: Float64Array.from(values.onnx),
      exact: Float64Array.from(exact),
      noisy: Float64Array.from(values.noisy),
    },
  );

  return {
    ...{ name, layer: `of ${name}`, steps: [1, 1, 1] },
    ...{ isApproximate: false, isTable: false, cases: [accumulator] },
  };
}

const VALUES = [1, 2, 3, 4];
const NOISE = [0, 0, 1e-5, 0];
const right = layer("right", VALUES, NOISE, [
  0,
  0,
  0,
  0.9 * LAYER_FACTOR * 1e-5,
]);
const off = (name: string) =>
  layer(name, VALUES, NOISE, [1.1 * LAYER_FACTOR * 1e-5, 0, 0, 0]);

test("an error up to the factor times the noise of any channel is rounding", () => {
  expect(judgeLayers([right], 3)).toMatchObject({
    ...{ known: 3, compared: 1, values: 8, failing: 0 },
    layer: {
      name: "right",
      layer: "of right",
      noise: expect.closeTo(1e-5, 10),
    },
  });
});

test("of those that differ the first is named, not the worst", () => {
  const worse = layer("worse", VALUES, NOISE, [1, 1, 1, 1]);

  expect(judgeLayers([right, off("first"), worse], 3)).toMatchObject({
    ...{ failing: 2 },
    layer: { name: "first", worst: { case: "one", index: [0, 0, 0] } },
  });
});

test("a channel that a Relu keeps at 0 in the source, and nearly so in the graph, is right", () => {
  const errors = [1e-6, 0, 0, 0];

  expect(
    judgeLayers([layer("relu", [0, 0, 3, 4], NOISE, errors)], 1).failing,
  ).toBe(0);
});

test("a source without any noise in so few values still allows a few units in the last place", () => {
  const none = [0, 0, 0, 0];

  expect(
    judgeLayers([layer("exact", VALUES, none, [1e-6, 0, 0, 0])], 1).failing,
  ).toBe(0);
  expect(
    judgeLayers([layer("exact", VALUES, none, [1e-4, 0, 0, 0])], 1).failing,
  ).toBe(1);
});

test("infinity in the graph alone is wrong", () => {
  const endless = layer("endless", VALUES, NOISE, [
    Number.POSITIVE_INFINITY,
    0,
    0,
    0,
  ]);

  expect(judgeLayers([endless], 1).failing).toBe(1);
});

test("in too few values the source's noise may be small by luck: they are not judged", () => {
  const errors = [1, 0, 0, 0];

  expect(
    judgeLayers([layer("few", VALUES, NOISE, errors, 1)], 1),
  ).toMatchObject({ known: 1, compared: 0, failing: 0, layer: null });
});

test("behind a kernel that approximates 80 dB are allowed, where that is more", () => {
  const behind = (error: number) => ({
    ...layer("behind", VALUES, [0, 0, 1e-7, 0], [error, 0, 0, 0]),
    isApproximate: true,
  });
  const [near, far] = [0.9e-4 * 4, 1.1e-4 * 4];

  expect(judgeLayers([behind(near)], 1).failing).toBe(0);
  expect(judgeLayers([behind(far)], 1).failing).toBe(1);
  expect(
    judgeLayers([{ ...behind(near), isApproximate: false }], 1).failing,
  ).toBe(1);
});

/** Enough rows of four values for a scale of their own. */
const ROWS = 16;

test.each([
  ["a case of many small numbers has its own noise", ROWS, 1],
  [
    "one of few may have that of any case: its numbers are small by chance",
    2,
    0,
  ],
])("beside a case of large numbers, %s", (_, rows, failing) => {
  const large = layer("mixed", [100, 200, 300, 400], [0, 0, 1e-3, 0], [], ROWS);
  const judged = (error: number) => {
    const small = layer("mixed", VALUES, NOISE, [error, 0, 0, 0], rows);
    return judgeLayers(
      [{ ...small, cases: [...large.cases, ...small.cases] }],
      1,
    );
  };

  expect(judged(1.1 * LAYER_FACTOR * 1e-5).failing).toBe(failing);
  expect(judged(0.9 * LAYER_FACTOR * 1e-5).failing).toBe(0);
});

test("nor does the luck of one case count: as much of its numbers may be off as in any other", () => {
  const lucky = layer(
    "lucky",
    VALUES,
    [0, 0, 0, 0],
    [0.9 * LAYER_FACTOR * 1e-5, 0, 0, 0],
  );
  const usual = layer("usual", VALUES, NOISE, []);

  expect(
    judgeLayers([{ ...lucky, cases: [...lucky.cases, ...usual.cases] }], 1)
      .failing,
  ).toBe(0);
});

test("a case that is 0 everywhere may be off by the noise of the others", () => {
  const none = layer("none", [0, 0, 0, 0], [0, 0, 0, 0], [1e-6, 0, 0, 0]);
  const usual = layer("usual", VALUES, NOISE, []);

  expect(
    judgeLayers([{ ...none, cases: [...none.cases, ...usual.cases] }], 1)
      .failing,
  ).toBe(0);
});
