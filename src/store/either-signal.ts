/** Aborts with the run's signal or with the one of a part of it, whichever is first. */
export function eitherOf(
  run: AbortSignal,
  part: AbortSignal | undefined,
): AbortSignal {
  return part ? AbortSignal.any([run, part]) : run;
}
