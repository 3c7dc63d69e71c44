import { isSteady, MOST_WINDOWS, STEADY } from "./windows.ts";

/** Runs so many times, and says how many milliseconds each took. */
export interface Runner {
  run(times: number): Promise<number[]>;
}

/** Two models are compared by this many windows at least. */
const PAIRS = 5;
/** Milliseconds of all runs; three windows are taken in any case. */
const MOST_MS = 5000;

/**
 * Windows of each runner, in turns and in changing order, so that what else the machine does slows all of them; until
 * all are steady, or it takes too long.
 */
export async function takeTurns(
  runners: readonly Runner[],
  window: number,
): Promise<number[][][]> {
  const taken: number[][][] = runners.map(() => []);
  const least = runners.length > 1 ? PAIRS : STEADY;
  let spent = 0;

  for (
    let round = 0;
    round < MOST_WINDOWS && (round < STEADY || spent < MOST_MS);
    round++
  ) {
    if (round >= least && taken.every(isSteady)) break;
    const order = [...runners.entries()];
    for (const [index, runner] of round % 2 === 0 ? order : order.reverse()) {
      const runs = await runner.run(window);
      spent += runs.reduce((sum, run) => sum + run, 0);
      taken[index]?.push(runs);
    }
  }

  return taken;
}
