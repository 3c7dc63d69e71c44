import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../src/errors.ts";
import { exitCodeOf, type Outcome } from "../../src/report/exit-code.ts";

const failure = (kind: FailureKind): Outcome => ({
  failure: { kind, code: "x", message: "", hint: "" },
  ships: true,
});
const good: Outcome = { failure: null, ships: true };
const red: Outcome = { failure: null, ships: false };

describe("the exit code over all models", () => {
  it.each<[string, Outcome[], number]>([
    ["nothing to do", [], 0],
    ["all good", [good, good], 0],
    ["a red verdict", [good, red], 1],
    ["a checkpoint that does not fit", [failure("mismatch")], 1],
    ["a user's mistake", [failure("input")], 2],
    ["the outside world", [failure("external")], 3],
    [
      "a red beside the outside world, so that a retry never hides it",
      [failure("external"), red],
      1,
    ],
    ["a user's mistake beside a red", [red, failure("input")], 2],
    ["our bug before all", [failure("input"), failure("bug"), red], 70],
  ])("%s", (_, outcomes, code) => expect(exitCodeOf(outcomes)).toBe(code));
});
