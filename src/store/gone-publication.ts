import { UsageError } from "../errors.ts";

/** What the branch of a publication that is gone shows: another one, none, or nothing because the branch was removed. */
export type ShownInstead = "newer" | "nothing" | "removed";

/** A person named a publication, `ref`, of which the store has no record. */
export function publicationUnknown(ref: string): UsageError {
  return gone(ref, "", "name the branch instead for what is published now");
}

/** A person named a publication, `ref`, that the store once had on a branch. */
export function publicationGone(
  ref: string,
  branch: string,
  instead: ShownInstead,
): UsageError {
  const [why, hint] = {
    newer: [
      `branch ${branch} shows a newer one`,
      `name the branch instead, ${branch}, for what is published now`,
    ],
    nothing: [
      `someone removed it, and branch ${branch} shows nothing published`,
      `run the pipeline of ${branch}, which publishes again, then name the commit that it prints`,
    ],
    removed: [
      `branch ${branch} was removed`,
      "name the branch that it was landed in, or another one",
    ],
  }[instead] as [string, string];

  return gone(ref, ` any more: ${why}`, hint);
}

function gone(ref: string, why: string, hint: string): UsageError {
  return new UsageError(`the publication ${ref} is not in the store${why}`, {
    code: "snapshot-gone",
    hint,
  });
}
