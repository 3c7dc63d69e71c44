import { UsageError } from "../errors.ts";

/** Kept for each model that is still to come, where the run's time allows. Milliseconds. */
const FOR_EACH = 30_000;
/** Kept for the publication. */
const FOR_THE_END = 30_000;
const PART_FOR_THE_END = 0.1;

/**
 * Shares a run's time, in milliseconds: the function returned says how much of what is left a model may take, with so
 * many models after it. One that hangs costs neither the others, which have at least a half of an equal share or 30 s,
 * nor the publication.
 */
export function shareTime(
  total: number,
  models: number,
): (timeLeft: number, others: number) => number {
  const end = Math.min(FOR_THE_END, total * PART_FOR_THE_END);
  const each = Math.min(FOR_EACH, (total - end) / (2 * models));

  return (timeLeft, others) => Math.max(1, timeLeft - end - each * others);
}

/** A model's own deadline: its signal is aborted then, and where the run is stopped. */
export interface ModelClock {
  signal: AbortSignal;
  /** Milliseconds. */
  timeLeft(): number;
  stop(): void;
}

export function startModelClock(run: AbortSignal, limitMs: number): ModelClock {
  const controller = new AbortController();
  const end = performance.now() + limitMs;
  const seconds = Math.round(limitMs / 1000);
  const reason = new UsageError(
    `the model took longer than its share of the run's time, ${seconds} s, and was stopped`,
    {
      code: "model-timeout",
      hint: "raise `--timeout` (input timeout) and the job's timeout in GitLab, or convert fewer models at once",
    },
  );
  const timer = setTimeout(() => controller.abort(reason), limitMs);

  return {
    signal: AbortSignal.any([run, controller.signal]),
    timeLeft: () => Math.max(1, end - performance.now()),
    stop: () => clearTimeout(timer),
  };
}
