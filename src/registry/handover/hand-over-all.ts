import type { Handover } from "../../config/handover-settings.ts";
import { AppError, ExternalError } from "../../errors.ts";
import { type HandoverJob, handOver } from "./hand-over.ts";
import type { HandoverContext } from "./handover-context.ts";
import { type HandoverState, handedOf } from "./state.ts";

export interface HandedOver {
  states: HandoverState[];
  /** The one to end with: what a person must change comes before what a retry may cure. */
  failure: AppError | null;
}

/**
 * Each hand-over in turn; one that fails keeps no other one away. No failure is thrown, as the version is in the registry and
 * its documents are still to be written; only the signal's reason is.
 */
export async function handOverAll(
  ctx: HandoverContext,
  handovers: readonly Handover[],
  job: HandoverJob,
): Promise<HandedOver> {
  const states: HandoverState[] = [];
  const failures: AppError[] = [];

  for (const handover of handovers) {
    const { state, failure } = await tried(ctx, handover, job);
    states.push(state);
    if (failure) failures.push(failure);
  }

  const retryCures = (error: AppError) => error instanceof ExternalError;
  const [first = null] = [
    ...failures.filter((error) => !retryCures(error)),
    ...failures.filter(retryCures),
  ];
  return { states, failure: first };
}

async function tried(
  ctx: HandoverContext,
  handover: Handover,
  job: HandoverJob,
): Promise<{ state: HandoverState; failure: AppError | null }> {
  try {
    const state = await handOver(ctx, handover, job);
    return { state, failure: failureOf(state, job) };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;

    const state: HandoverState = {
      ...{ name: handover.name, status: "failed", files: [] },
      ...{ handed: handedOf([]), reason: error.message, next: null },
    };
    return { state, failure: error };
  }
}

function failureOf(
  state: HandoverState,
  { version: { release } }: HandoverJob,
): AppError | null {
  if (state.reason === null) return null;

  return new ExternalError(
    `the hand-over ${state.name} of ${release.name} ${release.release} handed over ${state.handed}: ${state.reason}`,
    {
      code: "handover-failed",
      hint: "read what the program printed above; the version is in the registry, so run the job again: only the rest is handed over",
    },
  );
}
