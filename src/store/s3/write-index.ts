import type { Bucket } from "./bucket.ts";
import type { Hold } from "./held-content.ts";
import {
  type Current,
  readIndex,
  type Tree,
  writtenIndex,
} from "./index-file.ts";
import type { S3Commit } from "./known-commits.ts";
import { commitKey, indexKey, objectKey } from "./layout.ts";
import { writeBytes } from "./small-objects.ts";

/**
 * Publishes files as the branch's index, by one conditional write: where the index is still `current` (null: not there
 * yet). The caller holds the content of the files. Null where it is not; after a lost answer what is there is read, not
 * guessed.
 */
export async function writeIndex(
  bucket: Bucket,
  current: Pick<Current, "etag"> | null,
  commit: Omit<S3Commit, "tree">,
  { files, hold }: { files: Tree; hold: Hold },
): Promise<string | null> {
  const { id, tree, record, index } = writtenIndex(commit, files);
  await hold.add([tree.sha256]);
  await Promise.all([
    writeBytes(bucket, objectKey(tree.sha256), tree.bytes, null),
    writeBytes(bucket, commitKey(id), record, null),
  ]);
  bucket.known.commits.set(id, { ...commit, tree: tree.sha256 });
  bucket.ctx.signal.throwIfAborted();

  const condition = current
    ? { etag: current.etag }
    : { absent: true as const };
  const key = indexKey(commit.branch);
  const written = await writeBytes(bucket, key, index, condition);
  if (written !== null) return id;

  return (await readIndex(bucket, commit.branch))?.id === id ? id : null;
}
