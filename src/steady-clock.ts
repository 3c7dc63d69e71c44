/** Of the machine's clock when this was loaded, less what the process's own had counted: milliseconds. */
const START = Date.now() - performance.now();

/**
 * The time of day, which goes on evenly from what the machine's clock showed at the start: a fresh runner sets its clock
 * in the middle of a run, and neither a deadline nor a duration may jump with it.
 */
export function steadyNow(): Date {
  return new Date(START + performance.now());
}

/**
 * Milliseconds since the call, by whichever clock counted more: the machine's own goes on while it sleeps, and the other
 * one where that was set back.
 */
export function elapsing(): () => number {
  const [wall, even] = [Date.now(), performance.now()];
  return () => Math.max(Date.now() - wall, performance.now() - even);
}
