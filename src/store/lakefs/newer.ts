import { isRefusal } from "../transfer/errors.ts";
import type { LakefsApi } from "./api.ts";
import type { Repository } from "./repository.ts";

/** Key of a commit's metadata that names the snapshot of the inputs which it covers. */
export const INPUT_KEY = "model-to-edge.input";

interface Publishing {
  pointers: readonly string[];
  prefixes: readonly string[];
  /** Snapshot of the inputs that are published. */
  input: string | undefined;
}

/**
 * Pointers that a later run published, or that came with another branch, since our inputs: the commit that last changed
 * them covers inputs that are neither ours nor older. Of a branch that was landed they are no ancestors of ours, nor ours
 * of them.
 */
export async function newerPointers(
  { api }: Repository,
  head: string,
  { pointers, prefixes, input }: Publishing,
): Promise<ReadonlySet<string>> {
  const newer = new Set<string>();
  if (
    input === undefined ||
    input === head ||
    (await api.getCommit(input)) === null
  )
    return newer;

  const asked = new Set(pointers);
  for (const prefix of prefixes)
    for await (const { path } of api.diffRefs(input, head, prefix)) {
      if (!asked.has(path)) continue;

      const [last] = await api.logCommits(head, 1, path);
      const theirs = last?.metadata[INPUT_KEY];

      if (
        theirs &&
        theirs !== input &&
        (await isAncestorOf(api, theirs, input)) === false
      )
        newer.add(path);
    }

  return newer;
}

/** Null where one of the commits is not in the repository. */
export async function isAncestorOf(
  api: LakefsApi,
  older: string,
  newer: string,
): Promise<boolean | null> {
  if (older === newer) return true;
  try {
    return (await api.findMergeBase(older, newer)) === older;
  } catch (error) {
    if (isRefusal(error, "missing")) return null;
    throw error;
  }
}
