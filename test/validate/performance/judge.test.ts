import { describe, expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import { judgePerformance } from "../../../src/validate/performance/judge.ts";
import type { Measurement } from "../../../src/validate/performance/measurement.ts";
import { withPlainMessage } from "../../support/plain-message.ts";
import { measurement } from "./sample.ts";

const judge = (
  budget: Partial<typeof STRICT.performance>,
  change: Partial<Measurement> = {},
) =>
  withPlainMessage(
    judgePerformance(measurement(change), { ...STRICT.performance, ...budget }),
  );
const ratio = (
  low: number,
  middle: number,
  high: number,
): Partial<Measurement> => ({
  published: {
    size_bytes: 1,
    p50_ms: 10,
    ratio: { ratio: middle, low, high },
    problem: null,
  },
});

describe("judgePerformance", () => {
  test("fails nothing where no budget is stated, and says the same whatever was measured", () => {
    const one = judge({});
    expect(one.status).toBe("pass");
    expect(judge({}, { p50_ms: null, p95_ms: null, load_ms: 9999 })).toEqual(
      one,
    );
  });

  test.each([
    ["the size", { size_mb: 100 }, "file 102 MB, at most 100 MB"],
    ["p95", { p95_ms: 13 }, "p95 13.1 ms, at most 13 ms"],
    ["load", { load_ms: 90 }, "load 95 ms, at most 90 ms"],
    ["memory", { memory_mb: 200 }, "memory 210 MB, at most 200 MB"],
  ])("fails over the budget of %s, with both numbers", (_, budget, text) => {
    expect(judge(budget)).toMatchObject({
      status: "fail",
      kind: "wrong",
      message: `over budget: ${text}`,
    });
  });

  test("names all budgets that are exceeded", () => {
    expect(judge({ p95_ms: 13, load_ms: 90 }).message).toContain("; load");
  });

  test("within all budgets the message holds the limits, and no time that was measured", () => {
    const { status, message } = judge({
      p95_ms: 20,
      memory_mb: 300,
      size_mb: 110,
    });
    expect([status, message]).toEqual([
      "pass",
      "the model has 102 MB; within the budget: file 110 MB, p95 20 ms, memory 300 MB",
    ]);
  });

  test("warns where run times are unstable, without a number that was measured", () => {
    const { status, message } = judge({ p95_ms: 20 }, { p95_ms: null });
    expect(status).toBe("warn");
    expect(message).toContain("could not be judged");
    expect(message).toMatch(/p95 20 ms$/);
  });

  test.each([
    ["all windows are slower", 1.25, 1.3, 1.4, "fail"],
    ["most windows are slower", 1.1, 1.3, 1.4, "warn"],
    ["some windows are slower", 1.0, 1.1, 1.3, "pass"],
  ])("beside the published model, where %s", (_, low, middle, high, status) => {
    expect(
      judge({ slower_than_published: 1.2 }, ratio(low, middle, high)).status,
    ).toBe(status);
  });

  test("the first model has nothing to be slower than", () => {
    expect(
      judge({ slower_than_published: 1.2 }, { published: null }).status,
    ).toBe("pass");
  });
});
