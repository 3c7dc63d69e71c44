import { setImmediate as turn } from "node:timers/promises";

/**
 * Does both at the same time: `here` in this process, `there` in another one, which begins first: `here` may keep this
 * process from all else for a while. Where `here` rejects, `there` is aborted,
 * and its end is awaited; rejects as the first of the two that did.
 */
export async function together<A, B>(
  signal: AbortSignal,
  here: () => Promise<A>,
  there: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const stop = new AbortController();
  const beside = there(AbortSignal.any([signal, stop.signal]));
  const [left, right] = await Promise.allSettled([
    turn()
      .then(here)
      .catch((error: unknown) => {
        stop.abort(error);
        throw error;
      }),
    beside,
  ]);
  if (left.status === "rejected") throw left.reason;
  if (right.status === "rejected") throw right.reason;

  return [left.value, right.value];
}
