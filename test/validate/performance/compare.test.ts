import { expect, test } from "vitest";
import {
  compareWindows,
  verdictOf,
} from "../../../src/validate/performance/compare.ts";

const windows = (...medians: number[]) => medians.map((median) => [median]);

test.each([
  ["equal", [10, 10, 10], [10, 10, 10], { ratio: 1, low: 1, high: 1 }, "equal"],
  [
    "slower in each window",
    [12, 24, 12],
    [10, 20, 10],
    { ratio: 1.2, low: 1.2, high: 1.2 },
    "slower",
  ],
  [
    "slower in most windows",
    [12, 12, 10],
    [10, 10, 10],
    { ratio: 1.2, low: 1, high: 1.2 },
    "equal",
  ],
  [
    "faster in each window",
    [8, 8, 9],
    [10, 10, 10],
    { ratio: 0.8, low: 0.8, high: 0.9 },
    "faster",
  ],
  [
    "slower by less than is worth a word",
    [10.4, 10.4, 10.4],
    [10, 10, 10],
    { low: 1.04 },
    "equal",
  ],
])("%s", (_, own, published, expected, verdict) => {
  const ratio = compareWindows(windows(...own), windows(...published));
  expect(ratio).toMatchObject(expected);
  expect(ratio && verdictOf(ratio)).toBe(verdict);
});

test.each([
  ["windows that disagree", [10, 20, 10], [10, 10, 10]],
  ["too few windows", [10, 10], [10, 10]],
  ["a model that was not measured", [10, 10, 10], []],
])("says nothing of %s", (_, own, published) => {
  expect(compareWindows(windows(...own), windows(...published))).toBeNull();
});
