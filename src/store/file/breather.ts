import { setImmediate } from "node:timers/promises";

/** Milliseconds of work at a stretch: a signal or a deadline waits no longer. */
const STRETCH_MS = 20;
/** Looks at the clock are work, too. */
const LOOK_EVERY = 64;

/** For long work by synchronous calls: what it answers is awaited after each, and lets timers and signals through at times. */
export function breather(): () => Promise<void> | undefined {
  let since = performance.now();
  let calls = 0;

  const pass = async (): Promise<void> => {
    await setImmediate();
    since = performance.now();
  };

  return () => {
    calls += 1;
    if (calls % LOOK_EVERY !== 0) return undefined;

    return performance.now() - since < STRETCH_MS ? undefined : pass();
  };
}
