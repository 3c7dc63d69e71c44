import { setTimeout as sleep } from "node:timers/promises";
import { NoAnswer, Refusal } from "./errors.ts";
import type { Timing } from "./timing.ts";

/** A server error without a known meaning may be for good: bad names and over-long keys answer 500 too. */
const BROKEN_ATTEMPTS = 4;
/** From this try on the pauses are felt. */
const LONG = 4;

/**
 * Repeats what may be repeated: lost answers, busy servers, and (a few times) unknown server errors. `waiting` hears of
 * it once, when it begins to take long.
 */
export async function retried<T>(
  timing: Timing,
  signal: AbortSignal,
  work: () => Promise<T>,
  waiting?: (error: Error) => void,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();

    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= attemptsFor(error, timing)) throw error;
      if (attempt === LONG && error instanceof Error) waiting?.(error);
    }

    const longest = Math.min(
      timing.pauseMs * 2 ** (attempt - 1),
      timing.longestPauseMs,
    );

    await sleep(longest * (0.5 + Math.random() / 2), undefined, {
      signal,
    }).catch(() => signal.throwIfAborted());
  }
}

function attemptsFor(error: unknown, timing: Timing): number {
  if (error instanceof NoAnswer) return timing.attempts;
  if (!(error instanceof Refusal)) return 1;
  if (error.kind === "busy") return timing.attempts;

  return error.kind === "broken" ? BROKEN_ATTEMPTS : 1;
}
