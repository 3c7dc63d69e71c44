import { expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import {
  emptyReport,
  type OutputReport,
} from "../../../src/validate/output-report.ts";
import { policyExcess } from "../../../src/validate/parity/policy-rule.ts";

const excess = (
  report: Partial<OutputReport>,
  tolerance: Partial<typeof STRICT.tolerance>,
) =>
  policyExcess(
    { ...emptyReport("y", "float32", [4]), ...report },
    { ...STRICT.tolerance, ...tolerance },
  );

test.each([
  [
    "within the range",
    { max_abs: 0.001, range: [-1, 1], range_relative: 0.0005 },
    null,
  ],
  [
    "beyond it",
    { max_abs: 0.01, range: [-1, 1], range_relative: 0.005 },
    "error 0.005 of the range, at most 0.001",
  ],
  // An RNN that saturates: all values lie within a millionth of 1.
  [
    "rounding of values that are almost one value",
    { max_abs: 1.2e-7, range: [0.999999, 1], range_relative: 0.11 },
    null,
  ],
  [
    "more than rounding of such values",
    { max_abs: 1e-5, range: [0.999999, 1], range_relative: 10 },
    "error 10 of the range, at most 0.001",
  ],
] as [string, Partial<OutputReport>, string | null][])(
  "a tolerance of the range: %s",
  (_, report, expected) => {
    expect(excess(report, { range_relative: 0.001 })).toBe(expected);
  },
);

test("all tolerances that are exceeded are named", () => {
  const report = {
    max_abs: 0.5,
    range: [-1, 1] as [number, number],
    range_relative: 0.25,
    sqnr_db: 20,
  };
  expect(excess(report, { sqnr_db: 60, absolute: 0.1 })).toBe(
    "SQNR 20 dB, at least 60 dB; error 0.5, at most 0.1",
  );
});
