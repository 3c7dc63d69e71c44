import { expect, it } from "vitest";
import { OUTPUT_LIMITS as LIMITS } from "../../src/config/output-limits.ts";
import { overLimits } from "../../src/plan/over-limits.ts";

const BYTES = LIMITS.gigabytes * 1e9;
const file = (relative: string, size = 1) => ({
  path: `model/det/${relative}`,
  size,
});
const over = (...files: ReturnType<typeof file>[]) =>
  overLimits("model/det", files, null)?.message ?? null;

it("a model may hold so much and no more", () => {
  const many = Array.from({ length: LIMITS.files }, (_, n) => file(`${n}`));
  expect(over(...many)).toBeNull();
  expect(over(...many, file("more"))).toBe(
    "model/det/ has 10001 files for the engine; the limit is 10000",
  );
  expect(over(file(`${"a/".repeat(31)}x`))).toBeNull();
  expect(over(file(`${"a/".repeat(32)}x`))).toMatch(/folders 32 deep/);
  expect(over(file("x", BYTES))).toBeNull();
  expect(over(file("x", BYTES), file("y", 1e9))).toMatch(
    /has 17 GB .* limit is 16 GB/,
  );
});
