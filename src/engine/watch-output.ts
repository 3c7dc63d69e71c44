import { setTimeout as sleep } from "node:timers/promises";
import type { OutputLimits } from "../config/output-limits.ts";
import { type Content, outputProblem } from "./measure-output.ts";

/** Between two looks. */
const PAUSE_MS = 1000;

/** Looks at what a process writes while it runs. */
export interface OutputWatch {
  /** Aborted as soon as a limit is passed. */
  signal: AbortSignal;
  /** What was passed, as `outputProblem` says it; null if nothing was. */
  problem(): string | null;
  stop(): Promise<void>;
}

/** A process that floods its folder is ended early: what it left must be removed, too. */
export function watchOutput(
  folder: string,
  limits: OutputLimits,
  before: Content,
): OutputWatch {
  const over = new AbortController();
  const end = new AbortController();
  let problem: string | null = null;

  async function look(): Promise<void> {
    while (problem === null && !end.signal.aborted) {
      await sleep(PAUSE_MS, undefined, { signal: end.signal }).catch(
        () => null,
      );
      if (end.signal.aborted) return;

      problem = await outputProblem(folder, limits, before, "running");
    }
    over.abort();
  }

  const looking = look();

  return {
    signal: over.signal,
    problem: () => problem,
    async stop() {
      end.abort();
      await looking;
    },
  };
}
