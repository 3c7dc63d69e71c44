import { ExternalError, UsageError } from "../errors.ts";
import type { LandOutcome, LandWish } from "./store.ts";

/** Of a store without merges of its own: both branches changed these files, or `message` says what is in the way. */
export function landConflict(
  { source, target }: Pick<LandWish, "source" | "target">,
  paths: string[],
  message = `branches ${source} and ${target} changed the same files`,
): LandOutcome {
  return { status: "conflict", message, hint: "", paths };
}

/** The same, where the state of the target from which the source was made is not known. */
export function landUnknown(wish: LandWish, paths: string[]): LandOutcome {
  const { source, target } = wish;
  return landConflict(
    wish,
    paths,
    `the store has no record of the state of ${target} from which branch ${source} was made, and both have other files of the same model`,
  );
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

/** Somebody removed the record of one of the target's publications, so that what it changed is not known. */
export function recordMissing(target: string, id: string): UsageError {
  return new UsageError(
    `the record of publication ${id} was removed from the store, so it is unknown what branch ${target} published meanwhile`,
    {
      code: "index-damaged",
      hint: `put back \`.model-to-edge/commits/${id}.json\`; or make a new branch from ${target}, upload the models there, and merge that one`,
    },
  );
}

/** `where` people write to, as the hint names it. */
export function movedMeanwhile(branch: string, where: string): ExternalError {
  return new ExternalError(`branch ${branch} changed while it was landed`, {
    code: "changed-under-us",
    hint: `run again when nobody is writing to ${where}`,
  });
}
