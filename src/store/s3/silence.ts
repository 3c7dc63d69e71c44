/**
 * Measures how long a sign of life has stayed the same, by this machine's own clock: those of others may be wrong. Each
 * call says what the sign is now and answers milliseconds. Between two looks no more than `mostMs` count, so that a
 * machine that slept, or a server that did not answer, makes nobody dead.
 */
export function silenceOf(
  mostMs: number,
  clock: () => number = () => performance.now(),
): (sign: string | null) => number {
  let last: { sign: string | null; at: number } | null = null;
  let silentMs = 0;

  return (sign) => {
    const at = clock();
    silentMs =
      last?.sign === sign ? silentMs + Math.min(at - last.at, mostMs) : 0;
    last = { sign, at };

    return silentMs;
  };
}
