import { expect, test } from "vitest";
import { NoAnswer } from "../../src/store/transfer/errors.ts";
import { TIMING } from "../../src/store/transfer/timing.ts";
import { tried } from "../../src/store/transfer/tried.ts";

test("what clears up when its time is over ends with a lost answer, which is foreseen, between two tries and within one", async () => {
  const patience = () => ({
    timing: { ...TIMING, pauseMs: 5_000 },
    signal: AbortSignal.timeout(50),
    server: { hasAnswered: true },
    farewell: true,
  });

  await expect(
    tried(patience(), () => Promise.reject(new NoAnswer("ECONNREFUSED"))),
  ).rejects.toThrow(NoAnswer);

  const limited = patience();
  await expect(
    tried(
      limited,
      () =>
        new Promise((_, reject) => {
          limited.signal.addEventListener("abort", () =>
            reject(limited.signal.reason),
          );
        }),
    ),
  ).rejects.toThrow(NoAnswer);
});
