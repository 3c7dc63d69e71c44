import { describe, expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import type { Tensor } from "../../../src/validate/evidence/tensor.ts";
import { addFloatCase } from "../../../src/validate/parity/add-float-case.ts";
import { evidenceOf } from "../../../src/validate/parity/evidence.ts";
import { createFloatAccumulator } from "../../../src/validate/parity/float-accumulator.ts";
import { reportFloat } from "../../../src/validate/parity/float-output.ts";
import { random } from "../../support/random.ts";

const NAMED = { name: "out", called: 'output "out"' };

type Value = (at: number, channel: number, row: number) => number;
interface Example {
  /** Rows of each case. */
  rows?: number[];
  channels?: number;
  intermediate?: number;
  /** Value in fp64. */
  exact: Value;
  /** fp32 of the source; by default the rounded fp64. */
  fp32?: (exact: number, at: number) => number;
  onnx: (fp32: number, at: number, channel: number, exact: number) => number;
  fp64?: boolean;
  tolerance?: Partial<typeof STRICT.tolerance>;
}

function judge({
  rows = [4, 3, 1],
  channels = 4,
  intermediate = 1,
  exact,
  fp32 = Math.fround,
  onnx,
  fp64 = true,
  tolerance,
}: Example) {
  const dims = (batch: number) =>
    intermediate > 1 ? [batch, channels, intermediate, 1] : [batch, channels];
  const accumulator = createFloatAccumulator("float32", 1, channels);
  let at = 0;
  for (const [index, batch] of rows.entries()) {
    const size = batch * channels * intermediate;
    const values = new Float64Array(size);
    const single = new Float32Array(size);
    const got = new Float32Array(size);
    for (let flat = 0; flat < size; flat++, at++) {
      const channel = Math.floor(flat / intermediate) % channels;
      values[flat] = exact(
        at,
        channel,
        Math.floor(flat / intermediate / channels),
      );
      single[flat] = fp32(values[flat] as number, at);
      got[flat] = onnx(
        single[flat] as number,
        at,
        channel,
        values[flat] as number,
      );
    }
    const tensor = (
      data: Float32Array | Float64Array,
      dtype: Tensor["dtype"],
    ): Tensor => ({
      dtype,
      dims: dims(batch),
      data,
    });
    const source = fp64 ? tensor(values, "float64") : tensor(single, "float32");
    addFloatCase(accumulator, {
      name: `case-${index}`,
      onnx: tensor(got, "float32"),
      exact: source,
      noisy: fp64 ? tensor(single, "float32") : null,
    });
  }
  const policy = { ...STRICT.tolerance, ...tolerance };
  return reportFloat(
    NAMED,
    dims(rows[0] ?? 1),
    accumulator,
    evidenceOf(fp64 ? "fp64" : "none", policy),
    policy,
  );
}

const rng = random(7);
const normal = () => rng.normal();
/** fp32 noise of a network: about 2e-7 of the scale, with the heavy tail that was measured. */
const noisy = (scale: number) => (exact: number) =>
  Math.fround(exact + 2e-7 * scale * rng.normal());
const again =
  (scale: number) => (_: number, __: number, ___: number, exact: number) =>
    exact + 2e-7 * scale * rng.normal();
const scales = [1, 0.01, 100, 1];
const byChannel: Value = (_, channel) => normal() * (scales[channel] ?? 1);

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
      "in 1 of 4 channels: element [0,1] of case case-1 is 18 in the ONNX and 17 in the source",
    );
  });
});

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
      "fp32 that overflows by itself",
      {
        exact: (at) => (at === 3 ? 1e39 : normal()),
        fp32: (value) => Math.fround(value),
        onnx: (value, _, __, exact) => (Number.isFinite(value) ? value : exact),
      },
      "overflows by itself",
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
