import { NoAnswer } from "./errors.ts";

/**
 * Gives up a transfer on which nothing moves: the signal aborts after `idleMs` without a call of `touch`, or with
 * `outer`.
 */
export async function watched<T>(
  outer: AbortSignal,
  idleMs: number,
  work: (signal: AbortSignal, touch: () => void) => Promise<T>,
): Promise<T> {
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(), idleMs);

  try {
    return await work(AbortSignal.any([outer, idle.signal]), () =>
      timer.refresh(),
    );
  } catch (error) {
    throw idle.signal.aborted
      ? new NoAnswer(
          `no data was transferred for ${Math.round(idleMs / 1000)} s`,
        )
      : error;
  } finally {
    clearTimeout(timer);
  }
}
