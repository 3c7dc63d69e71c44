import { median } from "./times.ts";
import { STEADY, type Windows } from "./windows.ts";

/** How many times as long a run takes as with the published model; 1 is equal. */
export interface Ratio {
  ratio: number;
  /** The least and the largest of any two windows side by side. */
  low: number;
  high: number;
}

/** Differences below this are not worth a word. */
const NOTICEABLE = 1.05;
/** Windows side by side that disagree more say nothing. */
const WIDEST = 1.5;

/**
 * Both models were measured in turns in one process, so that whatever else the machine does slows both: each window is
 * compared with its neighbour. Null where there are too few windows, or they disagree.
 */
export function compareWindows(own: Windows, published: Windows): Ratio | null {
  const pairs = own.slice(0, published.length);
  const ratios = pairs.map(
    (window, index) => median(window) / median(published[index] ?? []),
  );
  if (ratios.length < STEADY) return null;

  const [low, high] = [Math.min(...ratios), Math.max(...ratios)];

  return high <= WIDEST * low ? { ratio: median(ratios), low, high } : null;
}

/** `slower` and `faster` only where all windows agree on it. */
export function verdictOf({ low, high }: Ratio): "slower" | "faster" | "equal" {
  if (low > NOTICEABLE) return "slower";
  return high < 1 / NOTICEABLE ? "faster" : "equal";
}
