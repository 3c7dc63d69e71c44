import { inParallel } from "../parallel.ts";
import type { Bucket } from "./bucket.ts";
import { readCommit } from "./commit-records.ts";
import { type Current, readIndex, readTree } from "./index-file.ts";
import { indexedBranches } from "./indexed-branches.ts";
import type { S3Commit } from "./known-commits.ts";

/** Publications of a branch whose content stays, the newest among them, so that a printed address works for a while. */
const KEPT = 3;
const AT_ONCE = 4;

/** Content of branches that was read, by the ETag of their index. */
export type KnownBranches = Map<string, ReadonlySet<string>>;

/**
 * sha256 of all content that a branch shows, showed after `since`, or shows in one of its last three publications. Throws
 * `UsageError` where an index is damaged: then nothing is certain.
 */
export async function shownContent(
  bucket: Bucket,
  since: Date,
  known: KnownBranches,
): Promise<Set<string>> {
  const branches = await indexedBranches(bucket);
  const shown = await inParallel(branches, AT_ONCE, async (branch) => {
    const current = await readIndex(bucket, branch);
    if (!current) return new Set<string>();

    const name = `${branch} ${current.etag}`;
    const content =
      known.get(name) ?? (await contentOf(bucket, current, since));
    known.set(name, content);

    return content;
  });

  return new Set(shown.flatMap((content) => [...content]));
}

async function contentOf(
  bucket: Bucket,
  current: Current,
  since: Date,
): Promise<ReadonlySet<string>> {
  const content = new Set([
    current.commit.tree,
    ...[...current.files.values()].map(({ sha256 }) => sha256),
  ]);

  let { commit } = current;
  for (let count = 1; ; count++) {
    const before = await commitBefore(bucket, commit);
    // It was shown until the one after it was made.
    const isKept = count < KEPT || Date.parse(commit.madeAt) > since.getTime();
    if (!before || !isKept) return content;

    content.add(before.tree);
    const files = await readTree(bucket, before);
    for (const { sha256 } of files?.values() ?? []) content.add(sha256);
    commit = before;
  }
}

async function commitBefore(
  bucket: Bucket,
  { parent }: S3Commit,
): Promise<S3Commit | null> {
  return parent === null ? null : readCommit(bucket, parent);
}
