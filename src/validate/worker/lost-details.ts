import type { StopReason } from "./channel.ts";

/** How the worker's process ended before its check did. */
export interface LostDetails {
  signal: string | null;
  exit_code: number | null;
  /** What it was doing, as it said last. */
  doing: string;
  stopped: StopReason | null;
}
