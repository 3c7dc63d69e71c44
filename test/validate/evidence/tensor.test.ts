import { expect, test } from "vitest";
import { numbersOf } from "../../../src/validate/evidence/tensor.ts";

const LARGE = [
  ...[0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n + 1n],
  ...[2n ** 53n + 3n, 2n ** 63n - 1n],
];

test("64-bit integers are the numbers nearest to them, at any place of a buffer", () => {
  const signed = BigInt64Array.from([9n, -(2n ** 63n), -1n, ...LARGE]);
  const part = signed.subarray(1);
  const unsigned = BigUint64Array.from([...LARGE, 2n ** 64n - 1n]);

  for (const [dtype, data] of [
    ["int64", part],
    ["uint64", unsigned],
  ] as const)
    expect([...numbersOf({ dtype, dims: [data.length], data })]).toEqual(
      Array.from(data as Iterable<bigint>, Number),
    );
});
