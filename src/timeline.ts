/** One step of a run on the clock of the machine that did it. */
export interface Span {
  /** `queue`, `set-up`, `plan`, `download`, `engine`, `engine.<its own stage>`, `validate`, `stage`, `publish`. */
  step: string;
  /** ISO 8601, UTC, with milliseconds. */
  started: string;
  seconds: number;
}

/** A step between two moments; a clock that was set back gives no negative time. */
export function spanOf(step: string, from: Date, to: Date): Span {
  const seconds = Math.max(0, to.getTime() - from.getTime()) / 1000;
  return { step, started: from.toISOString(), seconds };
}

/** Steps of which one begins where the other ends. */
export interface StepClock {
  begin(step: string): void;
  /** Ends the last one, and gives all of them in their order. */
  end(): Span[];
}

export function startSteps(now: () => Date): StepClock {
  const spans: Span[] = [];
  let current: { step: string; from: Date } | null = null;
  const close = (at: Date) => {
    if (current) spans.push(spanOf(current.step, current.from, at));
    current = null;
  };

  return {
    begin(step) {
      const at = now();
      close(at);
      current = { step, from: at };
    },
    end() {
      close(now());
      return spans;
    },
  };
}

/**
 * What came before this program: `queue`, from the pipeline's start to the job's, with the jobs before it, and `set-up`,
 * from there to `start`: image, checkout, scripts; milliseconds. Nothing outside of GitLab, and nothing that its clock contradicts.
 */
export function waitingSpans(
  {
    pipelineCreated,
    jobStarted,
  }: { pipelineCreated: number | null; jobStarted: number | null },
  start: Date,
): Span[] {
  if (jobStarted === null || jobStarted > start.getTime()) return [];

  const job = new Date(jobStarted);
  const setUp = spanOf("set-up", job, start);
  if (pipelineCreated === null || pipelineCreated > jobStarted) return [setUp];

  return [spanOf("queue", new Date(pipelineCreated), job), setUp];
}
