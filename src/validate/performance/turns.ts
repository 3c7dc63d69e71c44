import { sum } from "./times.ts";
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
 * all are steady, or it takes too long. After three windows the second takes none that would bring it beyond
 * `besideMs` milliseconds.
 */
export async function takeTurns(
  runners: readonly Runner[],
  window: number,
  besideMs = Number.POSITIVE_INFINITY,
): Promise<number[][][]> {
  const taken: number[][][] = runners.map(() => []);
  const least = runners.length > 1 ? PAIRS : STEADY;
  let spent = 0;

  for (
    let round = 0;
    round < MOST_WINDOWS &&
    (round < STEADY || (spent < MOST_MS && hasRoom(taken[1], besideMs)));
    round++
  ) {
    if (round >= least && taken.every(isSteady)) break;
    const order = [...runners.entries()];
    for (const [index, runner] of round % 2 === 0 ? order : order.reverse()) {
      const runs = await runner.run(window);
      spent += sum(runs);
      taken[index]?.push(runs);
    }
  }

  return taken;
}

/** One more window like the last one fits. */
function hasRoom(windows: readonly number[][] | undefined, mostMs: number) {
  if (!windows) return true;
  return sum(windows.flat()) + sum(windows.at(-1) ?? []) <= mostMs;
}
