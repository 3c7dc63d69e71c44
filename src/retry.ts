import { setTimeout as sleep } from "node:timers/promises";

/** How patient a client is; plain data, so that tests use smaller numbers. */
export interface RetryPolicy {
  /** Tries of one request; absent where only the time counts. */
  attempts?: number;
  /** The first pause between tries, in milliseconds; doubles up to `longestPauseMs`. */
  pauseMs: number;
  longestPauseMs: number;
}

/** Why a failure is worth another try. */
export interface TryAgain {
  /** Tries of this kind of failure in all, where they are fewer than the policy's. */
  attempts?: number;
  /** Instead of a number of tries: how long after the work's first failure it is tried again, in milliseconds. */
  forMs?: number;
  /** The pause that the other side asked for, in milliseconds. */
  pauseMs?: number | null;
}

export interface RetryOptions {
  policy: RetryPolicy;
  signal: AbortSignal;
  /** Null where a further try cannot help: the failure is thrown. */
  judge(error: unknown): TryAgain | null;
  /** No pause goes beyond this time. */
  deadline?: { now(): Date; at: number };
  /** Hears of each failure that is tried again: `isLong` once, when waiting begins to be felt; `forMs` as `judge` has it. */
  again?(
    error: Error,
    wait: { isLong: boolean; forMs: number | undefined },
  ): void;
}

/** From this try on the pauses are felt. */
const LONG = 4;

/**
 * Repeats `work` until it succeeds, or its failure is not worth another try; then that failure is thrown. Pauses are the
 * other side's where it names one, else random below a bound that doubles, so that many jobs do not come back at once.
 */
export async function retried<T>(
  work: () => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { signal } = options;
  let failedAt: number | null = null;

  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();

    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();

      failedAt ??= performance.now();
      const spentMs = performance.now() - failedAt;
      const { pause, forMs } = pauseBefore(
        error,
        { attempt, spentMs },
        options,
      );
      if (error instanceof Error)
        options.again?.(error, { isLong: attempt === LONG, forMs });

      await sleep(pause, undefined, { signal }).catch(() =>
        signal.throwIfAborted(),
      );
    }
  }
}

/** Milliseconds to the next try; throws the failure where there is none. */
function pauseBefore(
  error: unknown,
  { attempt, spentMs }: { attempt: number; spentMs: number },
  { policy, judge, deadline }: RetryOptions,
): { pause: number; forMs: number | undefined } {
  const again = judge(error);
  if (!again) throw error;

  const pause = again.pauseMs ?? randomPause(policy, attempt);
  const isOver =
    again.forMs === undefined
      ? attempt >= triesOf(policy, again)
      : spentMs + pause > again.forMs;
  if (isOver) throw error;

  if (deadline && deadline.now().getTime() + pause > deadline.at) throw error;

  return { pause, forMs: again.forMs };
}

function triesOf(policy: RetryPolicy, again: TryAgain): number {
  const most = Number.POSITIVE_INFINITY;
  return Math.min(policy.attempts ?? most, again.attempts ?? most);
}

function randomPause(policy: RetryPolicy, attempt: number): number {
  const bound = Math.min(
    policy.pauseMs * 2 ** (attempt - 1),
    policy.longestPauseMs,
  );
  return bound * (0.5 + Math.random() / 2);
}
