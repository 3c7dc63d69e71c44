import { expect, test } from "vitest";
import { silenceOf } from "../../../src/store/s3/silence.ts";

/** What is measured of looks at these seconds, of a sign that changes where a letter does. */
function measured(looks: readonly (readonly [at: number, sign: string])[]) {
  let now = 0;
  const silence = silenceOf(5_000, () => now);
  return looks.map(([at, sign]) => {
    now = at * 1_000;
    return silence(sign) / 1_000;
  });
}

test("counts how long a sign stays the same, and begins anew with each other one", () => {
  expect(
    measured([
      ...([
        [100, "a"],
        [101, "a"],
        [104, "a"],
        [105, "b"],
        [107, "b"],
      ] as const),
    ]),
  ).toEqual([0, 1, 4, 0, 2]);
});

test("a pause in which nobody looked counts for no more than one look", () => {
  expect(
    measured([
      [0, "a"],
      [600, "a"],
      [601, "a"],
    ]),
  ).toEqual([0, 5, 6]);
});
