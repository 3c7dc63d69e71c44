import { expect, test } from "vitest";
import { NoAnswer, Refusal } from "../../src/store/transfer/errors.ts";
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

test.each<[string, Refusal["kind"], string]>([
  ["a refusal is an answer", "no-changes", "answers"],
  ["an error that stays is not", "broken", "givesUp"],
])("a wait that ends without success: %s", async (_what, kind, told) => {
  const heard: string[] = [];
  const refusals: Refusal["kind"][] = [...Array(5).fill("busy"), kind];
  const work = () =>
    Promise.reject(new Refusal(refusals.shift() ?? kind, 503, "refused"));

  await expect(
    tried(
      {
        timing: { ...TIMING, pauseMs: 1, longestPauseMs: 1, brokenMs: 0 },
        signal: new AbortController().signal,
        server: { hasAnswered: true },
        watch: {
          repeats: () => undefined,
          objectAgain: () => undefined,
          waits: () => void heard.push("waits"),
          answers: () => void heard.push("answers"),
          givesUp: () => void heard.push("givesUp"),
        },
      },
      work,
    ),
  ).rejects.toMatchObject({ kind });
  expect(heard).toEqual(["waits", told]);
});
