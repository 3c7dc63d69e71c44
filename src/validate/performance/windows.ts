import { mean, median, percentile } from "./times.ts";

/** How many runs warm up, and how many make one window. */
export interface Pace {
  warmUp: number;
  window: number;
}

/** Windows of runs, each a list of milliseconds. */
export type Windows = readonly (readonly number[])[];

/** Steady windows that are asked for, and how many are tried until they are. */
export const STEADY = 3;
export const MOST_WINDOWS = 10;
/** Largest distance of a steady window's mean from the mean of all of them. */
const SPREAD = 0.1;
const WARM_UPS = 10;
const WINDOW = 25;
const LARGEST_WINDOW = 1000;
/** A window that is shorter is ruled by whatever else the machine does. */
const LEAST_WINDOW_MS = 10;
/** Fewest runs of which 5 % say anything. */
const RUNS_FOR_P95 = 20;

/** Windows of 25 after 10 warm-ups; more for a model that is fast, fewer where they would take longer than `budgetMs`. */
export function paceOf(runMs: number, budgetMs: number): Pace {
  const wished = Math.max(
    WINDOW,
    Math.min(
      LARGEST_WINDOW,
      Math.ceil(LEAST_WINDOW_MS / Math.max(runMs, 1e-3)),
    ),
  );

  const affordable = Math.max(1, Math.floor(budgetMs / ((STEADY + 1) * runMs)));
  const window = Math.min(wished, affordable);

  return { window, warmUp: Math.min(WARM_UPS, window) };
}

/** The means of the last three windows lie within 10 % of their own mean. */
export function isSteady(windows: Windows): boolean {
  const means = windows.slice(-STEADY).map(mean);
  const all = mean(means);

  return (
    means.length === STEADY &&
    means.every((each) => Math.abs(each - all) <= SPREAD * all)
  );
}

/** Milliseconds of the last three windows, which are steady; p95 is null where they hold too few runs. */
export interface RunTimes {
  p50: number;
  p95: number | null;
  mean: number;
}

/** Null where the windows are not steady: then no number means anything. */
export function runTimesOf(windows: Windows): RunTimes | null {
  if (!isSteady(windows)) return null;
  const runs = windows.slice(-STEADY).flat();

  return {
    p50: median(runs),
    p95: runs.length < RUNS_FOR_P95 ? null : percentile(runs, 0.95),
    mean: mean(runs),
  };
}
