import { ExternalError } from "../errors.ts";
import type { LandOutcome, LandWish } from "./store.ts";

/** Of a store without merges of its own: both branches changed these files. */
export function landConflict(
  { source, target }: LandWish,
  paths: string[],
): LandOutcome {
  return {
    status: "conflict",
    message: `branches ${source} and ${target} changed the same files`,
    hint: "",
    paths,
  };
}

/** One of the two branches is not there. */
export function landGone(branch: string): LandOutcome {
  return {
    status: "gone",
    message: `branch ${branch} does not exist in the store`,
    hint: "create the branch in the store, then run again",
    paths: [],
  };
}

/** `where` people write to, as the hint names it. */
export function movedMeanwhile(branch: string, where: string): ExternalError {
  return new ExternalError(`branch ${branch} changed while it was landed`, {
    code: "changed-under-us",
    hint: `run again when nobody is writing to ${where}`,
  });
}
