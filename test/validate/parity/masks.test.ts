import { describe, expect, test } from "vitest";
import type { Box } from "../../../src/validate/detection/boxes.ts";
import type { Dtype } from "../../../src/validate/evidence/tensor.ts";
import {
  addMasks,
  createMaskAccumulator,
  reportMasks,
} from "../../../src/validate/parity/detection/masks.ts";
import { random } from "../../support/random.ts";

const rng = random(5);
const SIZE = 100;
const values = Array.from({ length: 2 * SIZE }, () => rng.uniform());
const box = (row: number): Box => ({
  row,
  corners: [0, 0, 1, 1],
  score: 0.5,
  label: 0,
});

/** Masks of one image with two boxes, 10 × 10 each. */
function side(
  dtype: Dtype,
  change: (value: number, at: number) => number,
  dims = [1, 2, 10, 10],
) {
  const changed = values.map(change);
  const data =
    dtype === "uint8"
      ? Uint8Array.from(changed, (value) => Number(value > 0.5))
      : Float32Array.from(changed);
  return { tensor: { dtype, dims, data }, rows: 2 };
}

function judge(
  dtype: Dtype,
  onnx: (value: number, at: number) => number,
  fp32 = (value: number) => value,
  rows = [0, 1],
) {
  const accumulator = createMaskAccumulator();
  const place = { case: "c", image: 0 };
  const exact = side(dtype, (value) => value);
  for (const [row, other] of rows.entries()) {
    addMasks(
      accumulator,
      { of: "fp32", ...place },
      [side(dtype, fp32), box(row)],
      [exact, box(row)],
    );
    addMasks(
      accumulator,
      { of: "onnx", ...place },
      [side(dtype, onnx), box(other)],
      [exact, box(row)],
    );
  }
  return reportMasks("masks", accumulator);
}

describe("masks of instances", () => {
  test.each<[string, Dtype, (value: number, at: number) => number]>([
    ["the same probabilities", "float32", (value) => value],
    ["probabilities with rounding", "float32", (value) => value + 1e-7],
    ["the same areas", "uint8", (value) => value],
  ])("%s are green", (_, dtype, onnx) => {
    expect(judge(dtype, onnx)).toMatchObject({ status: "pass", values: 2 });
  });

  test.each<[string, Dtype, (value: number, at: number) => number, string]>([
    [
      "probabilities that are 1 % off",
      "float32",
      (value) => value * 1.01,
      "a value differs by",
    ],
    [
      "one wrong pixel of a probability",
      "float32",
      (value, at) => (at === 117 ? value + 0.1 : value),
      "(box 1 of image 0, case c)",
    ],
    [
      "NaN",
      "float32",
      (value, at) => (at === 3 ? Number.NaN : value),
      "contains NaN",
    ],
    [
      "areas that are smaller",
      "uint8",
      (value) => value - 0.1,
      "overlaps the source's by only",
    ],
  ])("%s are red", (_, dtype, onnx, message) => {
    const report = judge(dtype, onnx);
    expect(report).toMatchObject({ status: "fail", kind: "wrong" });
    expect(report.message).toContain(message);
  });

  test("masks of the wrong boxes are red", () => {
    expect(judge("float32", (value) => value, undefined, [1, 0])).toMatchObject(
      { kind: "wrong" },
    );
  });

  test("noise of the source widens what is allowed", () => {
    expect(judge("float32", (value) => value + 5e-5)).toMatchObject({
      kind: "wrong",
    });
    expect(
      judge(
        "float32",
        (value) => value + 5e-5,
        (value) => value + 1e-5,
      ),
    ).toMatchObject({ status: "pass" });
  });

  test("another size is red", () => {
    const accumulator = createMaskAccumulator();
    const small = side("float32", (value) => value, [1, 2, 5, 20]);
    addMasks(
      accumulator,
      { of: "onnx", case: "c", image: 0 },
      [small, box(0)],
      [side("float32", (value) => value), box(0)],
    );
    expect(reportMasks("masks", accumulator).message).toContain(
      "5×20 in the ONNX model and 10×10 in the source",
    );
  });
});
