import {
  EXIT,
  type ExitCode,
  type Failure,
  type FailureKind,
} from "../errors.ts";

const CODE_OF: Record<FailureKind, ExitCode> = {
  bug: EXIT.bug,
  input: EXIT.usage,
  mismatch: EXIT.check,
  refused: EXIT.check,
  external: EXIT.external,
};

const GRAVEST_FIRST = [
  EXIT.bug,
  EXIT.usage,
  EXIT.check,
  EXIT.external,
] as const;

/** What one model or the publication asks for. */
export type Outcome = { failure: Failure | null; ships: boolean };

/** Over all models: our bug before the user's mistake before red before the outside world, so that a retry never hides a red. */
export function exitCodeOf(outcomes: readonly Outcome[]): ExitCode {
  const codes = new Set(outcomes.map(codeOf));
  return GRAVEST_FIRST.find((code) => codes.has(code)) ?? EXIT.ok;
}

function codeOf({ failure, ships }: Outcome): ExitCode {
  if (failure) return CODE_OF[failure.kind];
  return ships ? EXIT.ok : EXIT.check;
}
