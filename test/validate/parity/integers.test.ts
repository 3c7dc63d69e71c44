import { describe, expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import type { Tensor } from "../../../src/validate/evidence/tensor.ts";
import {
  addIntegerCase,
  createIntegerAccumulator,
} from "../../../src/validate/parity/integer-accumulator.ts";
import { reportInteger } from "../../../src/validate/parity/integer-report.ts";

const SIZE = 200_000;
/** Where the values of each case end. */
const PARTS = [0.5, 0.8, 1];
const label = (at: number) => (at * 7) % 3;
/** Each hundredth thousandth place is near a tie. */
const margin = (at: number) =>
  at % 2000 === 0 ? 1e-6 * (1 + ((at / 2000) % 10)) : 1;

interface Example {
  onnx: (at: number) => number;
  fp32?: (at: number) => number;
  source?: (at: number) => number;
  margins?: boolean;
  size?: number;
  plan?: Partial<Parameters<typeof reportInteger>[0]>;
}

const PLAN = {
  name: "labels",
  called: 'output "labels"',
  evidence: "fp64" as const,
  proved: false,
  typeProblem: null,
  tolerance: STRICT.tolerance,
};

function judge({
  onnx,
  source = label,
  fp32 = source,
  margins = false,
  size = SIZE,
  plan,
}: Example) {
  const accumulator = createIntegerAccumulator("int32");
  const ends = PARTS.map((part) => Math.round(part * size));

  for (const [index, end] of ends.entries()) {
    const [from, length] = [ends[index - 1] ?? 0, end - (ends[index - 1] ?? 0)];
    const ints = (value: (at: number) => number): Tensor => ({
      dtype: "int32",
      dims: [length],
      data: Int32Array.from({ length }, (_, at) => value(from + at)),
    });
    const floats = (values: Float64Array): Tensor => ({
      dtype: "float64",
      dims: [values.length],
      data: values,
    });
    const long: Tensor = {
      dtype: "int64",
      dims: [length],
      data: BigInt64Array.from({ length }, (_, at) =>
        BigInt(source(from + at)),
      ),
    };
    addIntegerCase(accumulator, {
      name: index === 0 ? "c" : `c${index}`,
      onnx: ints(onnx),
      fp32: ints(fp32),
      fp64: long,
      variants: [],
      margin: margins
        ? floats(Float64Array.from({ length }, (_, at) => margin(from + at)))
        : null,
      noise: margins ? floats(Float64Array.of(1e-6)) : null,
    });
  }
  return reportInteger({ ...PLAN, ...plan }, [size], accumulator);
}

const flipAt = (condition: (at: number) => boolean) => (at: number) =>
  condition(at) ? label(at) + 1 : label(at);

describe("integers", () => {
  test.each<[string, Example]>([
    ["all equal, across dtypes", { onnx: label }],
    [
      "one flip in 100,000 where no margin is known",
      { onnx: flipAt((at) => at === 5 || at === 9) },
    ],
    [
      "a flip that the source's fp32 has too",
      { onnx: flipAt((at) => at < 20), fp32: flipAt((at) => at < 20) },
    ],
    [
      "one flip near a tie",
      { margins: true, onnx: flipAt((at) => at === 4000) },
    ],
    [
      "as many flips near ties as fp32 has",
      {
        margins: true,
        fp32: flipAt((at) => at % 40_000 === 0),
        onnx: flipAt((at) => (at + 2000) % 40_000 === 0),
      },
    ],
  ])("%s: green", (_, example) => {
    expect(judge(example)).toMatchObject({ status: "pass" });
  });

  test.each<[string, Example, string]>([
    [
      "three flips in 100,000 where no margin is known",
      { onnx: flipAt((at) => at < 6) },
      "differs in 6 of 200000 places: element [0]",
    ],
    [
      "one flip away from a tie",
      { margins: true, onnx: flipAt((at) => at === 5) },
      "differs in 1 of 200000 places: element [5] of case c is 3 in the ONNX model and 2 in the source",
    ],
    [
      "half of the places near a tie",
      { margins: true, onnx: flipAt((at) => at % 4000 === 0) },
      "50 of 100 places close to a tie are flipped, in the source's float32 0",
    ],
    ["all off by one", { onnx: (at) => label(at) + 1 }, "differs in 200000"],
  ])("%s: wrong", (_, example, message) => {
    const report = judge(example);
    expect(report).toMatchObject({ status: "fail", kind: "wrong" });
    expect(report.message).toContain(message);
  });

  test.each<[string, Example, string]>([
    [
      "the same label everywhere",
      { onnx: () => 1, source: () => 1 },
      "has the same value everywhere",
    ],
    ["7 values", { onnx: label, size: 7 }, "only 7 values"],
    [
      "a source that is undecided in 2 % of the places",
      { onnx: label, fp32: flipAt((at) => at % 50 === 0) },
      "the source itself is undecided",
    ],
  ])("%s: unproven", (_, example, message) => {
    const report = judge(example);
    expect(report).toMatchObject({ status: "fail", kind: "unproven" });
    expect(report.message).toContain(message);
  });

  test.each<[string, Example, string]>([
    [
      "no float64",
      { onnx: label, plan: { evidence: "none" } },
      "only judged by the source's float32",
    ],
    [
      "the same label everywhere, but its scores were compared",
      { onnx: () => 1, source: () => 1, plan: { proved: true } },
      "has the same value everywhere",
    ],
  ])("%s: a warning at best", (_, example, message) => {
    const report = judge(example);
    expect(report).toMatchObject({ status: "warn" });
    expect(report.message).toContain(message);
  });

  test("a stated tolerance passes without float64", () => {
    const tolerance = { ...STRICT.tolerance, absolute: 1e-5 };
    expect(
      judge({ onnx: label, plan: { evidence: "none", tolerance } }),
    ).toMatchObject({ status: "pass" });
  });
});
