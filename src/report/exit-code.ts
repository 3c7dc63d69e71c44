import type { Failure } from "../errors.ts";

/** What one model or the publication asks for. */
export type Outcome = { failure: Failure | null; red: boolean };

/** Over all models: our bug before the user's mistake before red before the outside world, so that a retry never hides a red. */
export function exitCodeOf(outcomes: readonly Outcome[]): 0 | 1 | 2 | 3 | 70 {
  const codes = new Set(outcomes.map(codeOf));
  return ([70, 2, 1, 3] as const).find((code) => codes.has(code)) ?? 0;
}

function codeOf({ failure, red }: Outcome): 0 | 1 | 2 | 3 | 70 {
  if (failure?.code === "bug") return 70;
  if (failure)
    return failure.kind === "input" ? 2 : failure.kind === "mismatch" ? 1 : 3;
  return red ? 1 : 0;
}
