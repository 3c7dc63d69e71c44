import { describe, expect, test } from "vitest";
import { type RetryOptions, retried, type TryAgain } from "../src/retry.ts";

const policy = { attempts: 3, pauseMs: 5, longestPauseMs: 20 };

/** Fails so often, then gives the number of tries. */
function failing(times: number): () => Promise<number> {
  let tries = 0;
  return async () => {
    tries += 1;
    if (tries <= times) throw new Error(`try ${tries}`);
    return tries;
  };
}

function options(again: TryAgain | null): RetryOptions {
  const { signal } = new AbortController();
  return { policy, signal, judge: () => again };
}

describe("work is tried again", () => {
  test("as often as the policy says", async () => {
    expect(await retried(failing(2), options({}))).toBe(3);
    await expect(retried(failing(3), options({}))).rejects.toThrow("try 3");
  });

  test("fewer times, or never, where the failure says so", async () => {
    const twice = options({ attempts: 2 });
    await expect(retried(failing(2), twice)).rejects.toThrow("try 2");
    await expect(retried(failing(1), options(null))).rejects.toThrow("try 1");
  });

  test("for a time instead, however many tries that takes", async () => {
    expect(await retried(failing(8), options({ forMs: 5_000 }))).toBe(9);

    // As often as it fails would take ten seconds and more.
    await expect(
      retried(failing(1_000), options({ forMs: 100 })),
    ).rejects.toThrow(/^try \d{1,2}$/);
  });

  test("never beyond the deadline", async () => {
    const at = Date.now() + 100;
    const until = { deadline: { now: () => new Date(), at } };
    await expect(
      retried(failing(1_000), { ...options({ forMs: 60_000 }), ...until }),
    ).rejects.toThrow(/^try \d{1,2}$/);
  });
});
