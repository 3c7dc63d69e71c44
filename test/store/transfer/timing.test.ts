import { expect, test } from "vitest";
import { TIMING, timingOf } from "../../../src/store/transfer/timing.ts";

test("a server that answered before is waited for ten minutes", () => {
  expect(timingOf({})).toEqual(TIMING);
  expect(TIMING.patienceMs).toBe(600_000);
});

test("no single request waits for longer than all of its tries, and none for less than a second", () => {
  expect(timingOf({ patienceMs: 8_000 })).toMatchObject({
    patienceMs: 8_000,
    idleMs: 2_000,
    slowMs: 8_000,
    dirtyMs: 8_000,
    brokenMs: 8_000,
  });
  expect(timingOf({ patienceMs: 10 })).toMatchObject({
    idleMs: 1_000,
    slowMs: 1_000,
  });
});

test("more patience makes no single request slower", () => {
  expect(timingOf({ patienceMs: 3_600_000 })).toMatchObject({
    patienceMs: 3_600_000,
    idleMs: 60_000,
    slowMs: 600_000,
  });
});
