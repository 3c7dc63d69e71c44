import { retried, type TryAgain } from "../../retry.ts";
import { NoAnswer, Refusal } from "./errors.ts";
import type { Timing } from "./timing.ts";

/** A server error without a known meaning may be for good: bad names and over-long keys answer 500 too. */
const BROKEN_ATTEMPTS = 4;

/** Repeats a request to lakeFS where that may help. `waiting` hears of it once, when it begins to take long. */
export function tried<T>(
  { timing, signal }: { timing: Timing; signal: AbortSignal },
  work: () => Promise<T>,
  waiting?: (error: Error) => void,
): Promise<T> {
  return retried(work, {
    policy: timing,
    signal,
    judge: worthAnotherTry,
    ...(waiting && { waiting }),
  });
}

/** Lost answers, busy servers, and (a few times) unknown server errors. */
function worthAnotherTry(error: unknown): TryAgain | null {
  if (error instanceof NoAnswer) return {};
  if (!(error instanceof Refusal)) return null;
  if (error.kind === "busy") return {};

  return error.kind === "broken" ? { attempts: BROKEN_ATTEMPTS } : null;
}
