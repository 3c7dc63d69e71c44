import { expect, test } from "vitest";
import { checkAgainst } from "../../../src/document/schema.ts";
import { performanceDocument } from "../../../src/validate/performance/sentence.ts";
import { measurement } from "./sample.ts";

const sentence = (change: Parameters<typeof measurement>[0]) =>
  performanceDocument("net", measurement(change)).sentence;
const beside = (low: number, ratio: number, high: number) => ({
  published: {
    size_bytes: 1,
    p50_ms: 10,
    ratio: { ratio, low, high },
    problem: null,
  },
});

test("has all numbers in one line", () => {
  expect(sentence({})).toBe(
    "p50 12.3 ms, p95 13.1 ms, first run 20 ms, load 95 ms, 210 MB of memory, file 102 MB",
  );
});

test.each([
  ["run times unstable, first run", { p50_ms: null, p95_ms: null }],
  ["p50 1250 ms of a few runs, first run", { p50_ms: 1250.4, p95_ms: null }],
  [
    "file 102 MB, 12 % slower than the published model (9 to 15 %)",
    beside(1.09, 1.12, 1.15),
  ],
  ["25 % faster than the published model (20 to 30 %)", beside(0.7, 0.75, 0.8)],
  ["as fast as the published model", beside(0.97, 1, 1.04)],
  [
    "comparison with the published model unstable",
    { published: { size_bytes: 1, p50_ms: null, ratio: null, problem: null } },
  ],
  [
    "not compared with the published model: it takes other inputs",
    {
      published: {
        size_bytes: null,
        p50_ms: null,
        ratio: null,
        problem: "it takes other inputs",
      },
    },
  ],
])("says: %s", (text, change) => {
  expect(sentence(change)).toContain(text);
});

test("the document fits its schema", async () => {
  expect(
    await checkAgainst(
      "performance",
      performanceDocument("net", measurement(beside(1, 1, 1))),
    ),
  ).toEqual([]);
  const { memory: _, ...cut } = performanceDocument("net", measurement());
  expect(await checkAgainst("performance", cut)).not.toEqual([]);
});
