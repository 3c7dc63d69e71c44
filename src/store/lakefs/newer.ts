import { isRefusal } from "../transfer/errors.ts";
import type { LakefsApi } from "./api.ts";
import type { CommitFacts } from "./commit-calls.ts";
import { changedPaths, lastChanges } from "./last-changes.ts";
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
 * of them. A pointer that changed, and by which commit is longer ago than is looked at, counts as newer: it stays.
 */
export async function newerPointers(
  { api }: Repository,
  head: string,
  { pointers, prefixes, input }: Publishing,
): Promise<ReadonlySet<string>> {
  if (
    input === undefined ||
    input === head ||
    (await api.getCommit(input)) === null
  )
    return new Set();

  const asked = new Set(pointers);
  const paths = await changedPaths(api, [input, head], prefixes, asked);
  if (paths.size === 0) return paths;

  const last = await lastChanges(api, head, {
    paths,
    prefixes: prefixes.filter((prefix) => holdsAny(prefix, paths)),
    until: input,
    isAuthor: (merge) => inputOf(merge) !== undefined,
  });

  const inputs = new Set([...last.values()].map(inputOf));
  const later = new Set<string | undefined>();
  for (const theirs of inputs)
    if (theirs && (await cameAfter(api, theirs, input))) later.add(theirs);

  return new Set(
    [...paths].filter((path) => {
      const commit = last.get(path);
      return !commit || later.has(inputOf(commit));
    }),
  );
}

function inputOf({ metadata }: CommitFacts): string | undefined {
  return metadata[INPUT_KEY];
}

async function cameAfter(
  api: LakefsApi,
  theirs: string,
  input: string,
): Promise<boolean> {
  return theirs !== input && (await isAncestorOf(api, theirs, input)) === false;
}

function holdsAny(prefix: string, paths: ReadonlySet<string>): boolean {
  return [...paths].some((path) => path.startsWith(prefix));
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
