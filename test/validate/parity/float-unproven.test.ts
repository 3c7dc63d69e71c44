import { describe, expect, test } from "vitest";

import { type Example, half, judge, normal, rng } from "./float-examples.ts";

describe("the rule for float outputs: without evidence it is unproven", () => {
  test.each<[string, Example, string]>([
    [
      "TF32-like noise of the source, which would hide half-precision weights",
      {
        exact: normal,
        fp32: (value) => value * (1 + 5e-4 * rng.normal()),
        onnx: (value) => value,
      },
      "too noisy",
    ],
    [
      "an output that is always 0",
      { exact: () => 0, onnx: (value) => value },
      "hardly depend on the input",
    ],
    [
      "an output that is the same for each input",
      { exact: (_, channel) => channel + 0.5, onnx: (value) => value },
      "hardly depend on the input",
    ],
    [
      "cases that differ by little more than rounding",
      {
        exact: (_, channel) => channel + 0.5 + 5e-6 * rng.uniform(),
        onnx: (value) => value,
      },
      "hardly depend on the input",
    ],
    [
      "saturated scores",
      { exact: () => 1.5e-8 * rng.uniform(), onnx: (value) => value },
      "hardly depend on the input",
    ],
    [
      "7 rows",
      { rows: [4, 2, 1], exact: normal, onnx: (value) => value },
      "only 7 values per channel",
    ],
    [
      "8 rows in two cases",
      { rows: [4, 4], exact: normal, onnx: (value) => value },
      "only 2 of 3 needed cases",
    ],
    [
      "no fp64",
      { fp64: false, exact: normal, onnx: (value) => value },
      "no float64",
    ],
    [
      "a source noisier than the halves that it gives",
      {
        dtype: "float16",
        exact: normal,
        fp32: (exact) => half(exact + 0.05),
        onnx: (_, __, ___, exact) => half(exact),
      },
      "too noisy",
    ],
    [
      "one channel that is NaN on both sides wherever it is looked at",
      {
        exact: (_, channel) => (channel === 1 ? Number.NaN : normal()),
        onnx: (value) => value,
      },
      "channels all values are NaN, in the source too",
    ],
    [
      "fp32 that overflows by itself",
      {
        exact: (at) => (at === 3 ? 1e39 : normal()),
        fp32: (value) => Math.fround(value),
        onnx: (value, _, __, exact) => (Number.isFinite(value) ? value : exact),
      },
      "the source model itself overflows",
    ],
    [
      "few rows whose noise is small by luck",
      {
        rows: [1],
        exact: (at) => (at === 0 ? 1 : 10),
        fp32: (value, at) => (at === 0 ? value : value + 1e-6),
        onnx: (value, at, _, exact) => (at === 0 ? exact + 6e-6 : value),
      },
      "only 1 values per channel",
    ],
  ])("%s", (_, example, message) => {
    const report = judge(example);
    expect(report).toMatchObject({ status: "fail" });
    expect(report.message).toContain(message);
  });

  test("a stated minimum and a stated tolerance stand in for evidence", () => {
    const tolerance = { absolute: 1e-5, min_values: 1 };
    expect(
      judge({
        rows: [1],
        fp64: false,
        tolerance,
        exact: () => 2,
        onnx: (value) => value,
      }),
    ).toMatchObject({
      status: "pass",
    });
  });
});
