/** Places for work of one kind, so that no more than `count` of it is done at the same time. */
export interface Slots {
  /** How many are not taken. */
  free(): number;
  /** Waits for a place, in the order of the calls; gives the function that gives it back, once. Throws the signal's reason. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function makeSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  let free = count;

  const giveBack = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };

  const once = () => {
    let isHeld = true;
    return () => {
      if (isHeld) giveBack();
      isHeld = false;
    };
  };

  const queue = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(signal.reason);
      };

      waiting.push(enter);
      signal.addEventListener("abort", leave, { once: true });
    });

  return {
    free: () => free,
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else await queue(signal);

      return once();
    },
  };
}
