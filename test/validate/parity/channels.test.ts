import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { channelAxis, ulp } from "../../../src/validate/parity/channels.ts";
import { borrowedNoise } from "../../../src/validate/parity/float-rule.ts";

describe("the parts of the rule for float outputs", () => {
  test.each([
    [[[2, 5]], null, 1],
    [[[2, 5, 3]], null, 2],
    [[[2, 5, 3, 3]], null, 1],
    [[[7]], null, null],
    [
      [
        [2, 5],
        [2, 6],
      ],
      null,
      null,
    ],
    [[[2, 5, 3]], 1, 1],
    [[[2, 5, 3]], 7, null],
  ])("the channels of %j (chosen: %s) are axis %s", (shapes, chosen, axis) => {
    expect(channelAxis(shapes, chosen)).toBe(axis);
  });

  test.each([
    [1, "float32", 2 ** -23],
    [-3, "float32", 2 ** -22],
    [0, "float32", 2 ** -149],
    [1, "float64", 2 ** -23],
    [1, "float16", 2 ** -10],
    [1, "bfloat16", 2 ** -7],
  ] as const)("the ulp of %d as %s is %d", (value, dtype, expected) => {
    expect(ulp(value, dtype)).toBe(expected);
  });

  test("noise is borrowed from channels of similar or smaller scale only", () => {
    const list = fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      ),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(list, (channels) => {
        const scales = Float64Array.from(channels, ([scale]) => scale);
        const noise = Float64Array.from(channels, ([, value]) => value);
        const expected = channels.map(([scale]) =>
          Math.max(
            ...channels
              .filter(([other]) => other <= 4 * scale)
              .map(([, value]) => value),
          ),
        );
        expect([...borrowedNoise(scales, noise)]).toEqual(expected);
      }),
    );
  });
});
