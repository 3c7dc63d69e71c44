import { setTimeout as sleep } from "node:timers/promises";

/** How long a call may take, in milliseconds. */
export interface RetryLimits {
  /** For one try. */
  request: number;
  /** For all tries of all calls of a note. */
  total: number;
  /** Of the first pause; it doubles, up to `longest`. */
  pause: number;
  longest: number;
}

export const LIMITS: RetryLimits = {
  request: 20_000,
  total: 90_000,
  pause: 500,
  longest: 60_000,
};

/** One try: done, or worth another one after a pause that the server may have named (milliseconds). */
export type Attempt<T> =
  | { done: T }
  | { retry: true; after: number | null; otherwise: T };

/**
 * Tries until done or until the time is over; then the last outcome counts. Pauses are the server's where it names one,
 * else random up to a bound that doubles, so that many jobs do not come back at once.
 */
export async function withRetry<T>(
  attempt: () => Promise<Attempt<T>>,
  limits: RetryLimits,
  deadline: number,
  world: { now(): Date; signal: AbortSignal },
): Promise<T> {
  for (
    let bound = limits.pause;
    ;
    bound = Math.min(limits.longest, bound * 2)
  ) {
    const outcome = await attempt();
    if ("done" in outcome) return outcome.done;

    const pause = outcome.after ?? Math.random() * bound;
    if (world.now().getTime() + pause > deadline) return outcome.otherwise;

    await sleep(pause, undefined, { signal: world.signal });
  }
}

/**
 * The pause that the server asks for, in milliseconds, null where it does not say: `Retry-After` in seconds or as a date,
 * else `RateLimit-Reset`, the time of the reset in seconds since 1970.
 */
export function pauseOf(
  headers: { get(name: string): string | null },
  now: Date,
): number | null {
  const after = headers.get("retry-after");
  if (after !== null && /^\d+$/.test(after.trim())) return Number(after) * 1000;

  const until = Date.parse(after ?? "");
  const reset = Number(headers.get("ratelimit-reset") || Number.NaN) * 1000;
  const target = Number.isNaN(until) ? reset : until;

  return Number.isNaN(target) ? null : Math.max(0, target - now.getTime());
}
