import { describe, expect, test } from "vitest";

import {
  again,
  byChannel,
  type Example,
  half,
  judge,
  noisy,
  normal,
  rng,
} from "./float-examples.ts";

const [ROWS, CHANNELS] = [[4, 3, 2], 32];
/** The last case's numbers are large. */
const scaleAt = (at: number) => (at < 7 * CHANNELS ? 1 : 1e5);

describe("the rule for float outputs: right is green", () => {
  test.each<[string, Example]>([
    ["an exact copy of fp32", { exact: normal, onnx: (value) => value }],
    [
      "another order of summation",
      { exact: normal, fp32: noisy(1), onnx: again(1) },
    ],
    [
      "fp32 that happens to equal fp64, and an ONNX that rounds otherwise",
      { exact: normal, onnx: (value) => value * (1 + 2 ** -23) },
    ],
    [
      "columns of different scales",
      { exact: byChannel, fp32: noisy(0.01), onnx: again(0.01) },
    ],
    [
      "halves, of which the last bit is rounded otherwise",
      {
        dtype: "float16",
        exact: normal,
        fp32: half,
        onnx: (value) => half(value * (1 + 2 ** -11)),
      },
    ],
    [
      "the same specials on both sides",
      {
        exact: (at) => (at % 5 === 0 ? Number.NEGATIVE_INFINITY : normal()),
        onnx: (value) => value,
      },
    ],
    [
      "a sigmoid with ONNX Runtime's absolute error, at bias −4.6",
      {
        exact: () => 0.01 * (1 + 0.3 * rng.uniform()),
        onnx: (value) => value + 1e-7 * (rng.uniform() - 0.5),
      },
    ],
    [
      "a small class beside one of three times its scale, each with noise of 6e-5 of its own",
      {
        exact: (_, channel) => (channel === 0 ? 1 : 3) * (0.5 + rng.uniform()),
        fp32: (exact, at) =>
          exact *
          (1 + (at % 4 === 0 ? 3e-5 : 6e-5) * (rng.uniform() < 0.5 ? 1 : -1)),
        onnx: (_, __, ___, exact) => exact * (1 + 3e-5),
      },
    ],
    [
      "a dead channel",
      {
        exact: (_, channel) => (channel === 2 ? 0 : normal()),
        onnx: (value) => value,
      },
    ],
    [
      "a case of numbers that are 100,000 times as large, each with its own noise",
      {
        ...{ rows: ROWS, channels: CHANNELS },
        exact: (at) => normal() * scaleAt(at),
        fp32: (exact, at) => noisy(scaleAt(at))(exact),
        onnx: (_, at, __, exact) => again(scaleAt(at))(0, 0, 0, exact),
      },
    ],
    [
      "dense outputs in two cases",
      {
        rows: [1, 1],
        intermediate: 30,
        exact: normal,
        fp32: noisy(1),
        onnx: again(1),
      },
    ],
  ])("%s", (_, example) => {
    expect(judge(example)).toMatchObject({ status: "pass" });
  });
});

describe("the rule for float outputs: wrong is red", () => {
  test.each<[string, Example]>([
    [
      "a fault of 1 % in a column that is 10,000 times smaller than another",
      {
        exact: byChannel,
        fp32: noisy(0.01),
        onnx: (value, _, channel) => (channel === 1 ? value * 1.01 : value),
      },
    ],
    [
      "a fault in a small class that a noisy one of three times its scale would hide",
      {
        exact: (_, channel) => (channel === 0 ? 1 : 3) * (0.5 + rng.uniform()),
        fp32: (exact, at) =>
          exact *
          (1 + (at % 4 === 0 ? 1e-6 : 9e-5) * (rng.uniform() < 0.5 ? 1 : -1)),
        onnx: (value, _, channel) =>
          channel === 0 ? value * (1 + 1.5e-3) : value,
      },
    ],
    [
      "a bias that is 2 % off beside a case of numbers that are 100,000 times as large",
      {
        ...{ rows: ROWS, channels: CHANNELS },
        exact: (at) => normal() * scaleAt(at),
        fp32: (exact, at) => noisy(scaleAt(at))(exact),
        onnx: (_, at, __, exact) => again(scaleAt(at))(0, 0, 0, exact) + 0.02,
      },
    ],
    ["a scaled output", { exact: normal, onnx: (value) => value * 1.001 }],
    [
      "half-precision weights",
      {
        exact: normal,
        fp32: noisy(1),
        onnx: (value) => value * (1 + 4e-4 * rng.normal()),
      },
    ],
    [
      "one wrong element",
      {
        exact: normal,
        onnx: (value, at) => (at === 17 ? value + 0.01 : value),
      },
    ],
    [
      "NaN where the source has a number",
      { exact: normal, onnx: (value, at) => (at === 3 ? Number.NaN : value) },
    ],
    [
      "a number where the source has infinity",
      {
        exact: (at) => (at === 3 ? Number.POSITIVE_INFINITY : normal()),
        onnx: (value, at) => (at === 3 ? 1 : value),
      },
    ],
    [
      "infinity of the other sign",
      {
        exact: (at) => (at === 3 ? Number.POSITIVE_INFINITY : normal()),
        onnx: (value) => (value === Number.POSITIVE_INFINITY ? -value : value),
      },
    ],
    ["NaN everywhere", { exact: normal, onnx: () => Number.NaN }],
    [
      "no fp64, but an error that no rounding explains",
      { fp64: false, exact: normal, onnx: (value) => value * 1.1 },
    ],
    [
      "more than a stated absolute tolerance",
      {
        exact: normal,
        tolerance: { absolute: 1e-3 },
        onnx: (value) => value + 2e-3,
      },
    ],
    [
      "halves of which one column is 5 % off",
      {
        dtype: "float16",
        exact: normal,
        fp32: half,
        onnx: (value, _, channel) => half(channel === 1 ? value * 1.05 : value),
      },
    ],
    [
      "less than a stated SQNR",
      {
        exact: normal,
        tolerance: { sqnr_db: 60 },
        onnx: (value) => value * 1.01,
      },
    ],
  ])("%s", (_, example) => {
    expect(judge(example)).toMatchObject({ status: "fail", kind: "wrong" });
  });

  test("the report names the worst element, with both values and its case", () => {
    const report = judge({
      exact: (at) => at,
      onnx: (value, at) => (at === 17 ? value + 1 : value),
    });
    expect(report.worst).toEqual({
      case: "case-1",
      index: [0, 1],
      onnx: 18,
      source: 17,
    });
    expect(report.message).toContain(
      "in 1 of 4 channels: element [0,1] of case case-1 is 18 in the ONNX model and 17 in the source",
    );
  });
});
