import type { S3Commit } from "./known-commits.ts";

/** In the metadata of the last commit of a branch that is removed. */
export const REMOVED_KEY = "model-to-edge.removed";

/** Whether the branch of an index is just being removed: for everybody it does not exist. */
export function isRemoved({ metadata }: Pick<S3Commit, "metadata">): boolean {
  return metadata[REMOVED_KEY] !== undefined;
}
