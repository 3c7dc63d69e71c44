import { inParallel } from "../parallel.ts";
import type { Bucket } from "./bucket.ts";
import { readIndex } from "./index-file.ts";
import type { S3Commit } from "./known-commits.ts";
import { BRANCHES } from "./layout.ts";
import { listBelow } from "./listing.ts";

const AT_ONCE = 4;

/** Names of branches that have an index. */
export async function indexedBranches(bucket: Bucket): Promise<string[]> {
  const branches: string[] = [];
  for await (const { key } of listBelow(bucket, BRANCHES))
    if (key.endsWith(".json"))
      branches.push(key.slice(BRANCHES.length, -".json".length));

  return branches;
}

/**
 * The publication of this id as the index of a branch that shows it says it; null where none does. All indexes are read.
 * Throws `UsageError` where somebody damaged one.
 */
export async function shownCommit(
  bucket: Bucket,
  id: string,
): Promise<S3Commit | null> {
  const branches = await indexedBranches(bucket);
  await inParallel(branches, AT_ONCE, (branch) => readIndex(bucket, branch));

  // Reading an index makes its commit known.
  return bucket.known.commits.get(id) ?? null;
}
