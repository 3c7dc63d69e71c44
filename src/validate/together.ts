/**
 * Does both at the same time: `here` in this process, `there` in another one. Where `here` rejects, `there` is aborted,
 * and its end is awaited; rejects as the first of the two that did.
 */
export async function together<A, B>(
  signal: AbortSignal,
  here: () => Promise<A>,
  there: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const stop = new AbortController();
  const [left, right] = await Promise.allSettled([
    here().catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
    there(AbortSignal.any([signal, stop.signal])),
  ]);
  if (left.status === "rejected") throw left.reason;
  if (right.status === "rejected") throw right.reason;

  return [left.value, right.value];
}
