import { AppError } from "./errors.ts";
import { foreseen } from "./foreseen.ts";

/**
 * Does a step. Where it ends early, its error says what stands nevertheless, so that nobody takes a published model for
 * one that is not. `stands`: what was done for good so far, in a sentence; null for nothing to say.
 */
export async function sayingWhatStands<T>(
  stands: () => string | null,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (thrown) {
    const said = stands();
    const error = said === null ? null : foreseen(thrown);
    if (error === null) throw thrown;

    error.stands = [said, error.stands].filter(Boolean).join("; ");
    throw error;
  }
}

/** Does a step. Where it was stopped, and no part of it said what stands, nothing does: `nothing` says so. */
export async function orNothingStands<T>(
  { signal }: { signal: AbortSignal },
  nothing: string,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (thrown) {
    if (signal.aborted && thrown instanceof AppError) thrown.stands ??= nothing;
    throw thrown;
  }
}
