import { constants } from "node:os";
import type { ChildOutcome } from "./run-child.ts";

/** How a process ended: sandboxes report the signal that ended theirs as exit code 128 + its number. */
export function plainEnd({
  exitCode,
  signal,
}: Pick<ChildOutcome, "exitCode" | "signal">): {
  exitCode: number | null;
  signal: string | null;
} {
  if (signal !== null || exitCode === null || exitCode <= 128)
    return { exitCode, signal };
  const named = Object.entries(constants.signals).find(
    ([, number]) => number === exitCode - 128,
  );
  return { exitCode, signal: named?.[0] ?? null };
}
