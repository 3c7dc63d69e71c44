import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { shareTime, startModelClock } from "../../src/convert/model-time.ts";

const MINUTE = 60_000;

it.each([
  [60 * MINUTE, 0, 59.5 * MINUTE],
  [60 * MINUTE, 1, 59 * MINUTE],
  [60 * MINUTE, 30, 44.5 * MINUTE],
  // Where time is short, the first may take half of it and its own share.
  [5 * MINUTE, 0, 4.5 * MINUTE],
  [5 * MINUTE, 8, 2.5 * MINUTE],
])(
  "of %d ms with %d models after it, the first may take %d",
  (left, others, ms) => {
    const share = shareTime(left, others + 1);
    expect(share(left, others)).toBeCloseTo(ms, 0);
  },
);

it("leaves every model its share, however many hang one after the other", () => {
  let left = 10 * MINUTE;
  const share = shareTime(left, 31);
  for (let others = 30; others >= 0; others--) {
    const ms = share(left, others);
    expect(ms).toBeGreaterThan(8_000);
    left -= ms;
  }
  expect(left).toBeCloseTo(30_000, 0);
});

it("ends a model at its time with a reason of its own, and with the run", async () => {
  const run = new AbortController();
  const clock = startModelClock(run.signal, 10);
  await sleep(50);
  expect(clock.signal.reason).toMatchObject({ code: "model-timeout" });
  expect([run.signal.aborted, clock.timeLeft()]).toEqual([false, 1]);

  const other = startModelClock(run.signal, MINUTE);
  run.abort("stopped");
  expect(other.signal.reason).toBe("stopped");
  other.stop();
});
