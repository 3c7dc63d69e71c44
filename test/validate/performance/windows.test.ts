import { describe, expect, test } from "vitest";
import {
  isSteady,
  paceOf,
  runTimesOf,
} from "../../../src/validate/performance/windows.ts";

/** Windows of two runs with these means. */
const around = (...means: number[]) =>
  means.map((mean) => [mean - 0.01, mean + 0.01]);

describe("paceOf", () => {
  test.each([
    ["a usual model", 10, { window: 25, warmUp: 10 }],
    ["a fast one: windows last 10 ms", 0.05, { window: 200, warmUp: 10 }],
    ["one that takes no time at all", 0, { window: 1000, warmUp: 10 }],
    ["a slow one: windows fit into the budget", 100, { window: 5, warmUp: 5 }],
    ["one that is slower than the budget", 4000, { window: 1, warmUp: 1 }],
  ])("%s", (_, runMs, pace) => {
    expect(paceOf(runMs, 2000)).toEqual(pace);
  });
});

describe("isSteady", () => {
  test.each([
    ["three equal windows", around(5, 5, 5), true],
    ["within 10 % of their mean", around(4.6, 5, 5.4), true],
    ["one of three is 12 % off", around(5, 5, 6), false],
    ["an unsteady start does not count", around(50, 9, 5, 5, 5), true],
    [
      "nor does a steady start, where the end is not",
      around(5, 5, 5, 9),
      false,
    ],
    ["two windows prove nothing", around(5, 5), false],
    ["none", [], false],
  ])("%s: %s", (_, windows, expected) => {
    expect(isSteady(windows)).toBe(expected);
  });
});

describe("runTimesOf", () => {
  const window = (from: number) =>
    Array.from({ length: 25 }, (_, index) => from + index / 100);

  test("takes percentiles of the last three windows", () => {
    expect(runTimesOf([window(90), window(5), window(5), window(5)])).toEqual({
      p50: 5.12,
      p95: 5.23,
      mean: 5.12,
    });
  });

  test("has no p95 of a few runs", () => {
    expect(runTimesOf(around(5, 5, 5))).toMatchObject({ p95: null });
  });

  test("says nothing of windows that are not steady", () => {
    expect(runTimesOf(around(5, 5, 8))).toBeNull();
  });
});
