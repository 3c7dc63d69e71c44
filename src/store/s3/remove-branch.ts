import type { DeleteOutcome } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { removeKeys, removeOwn } from "./copy.ts";
import { holdContent } from "./held-content.ts";
import { readIndex } from "./index-file.ts";
import { BRANCHES, chainKey, indexKey, originKey } from "./layout.ts";
import { foldersBelow, listBelow, listOwn } from "./listing.ts";
import { isRemoved, REMOVED_KEY } from "./removed-branch.ts";
import { headOf } from "./stored-bytes.ts";
import { type View, viewOf } from "./view.ts";
import { writeIndex } from "./write-index.ts";

/**
 * Removes a branch. First, by one conditional write, its index says that it is removed: from then on it does not exist,
 * and a publication or a landing that began before fails, or was there first and keeps the branch (`moved`). What is left
 * of a removal that was killed goes with the next one, with a new branch of that name, or in a sweep.
 */
export async function deleteBranch(
  bucket: Bucket,
  branch: string,
  at: string,
): Promise<DeleteOutcome> {
  const view = await viewOf(bucket, branch);
  if (view === null) {
    await finishRemoval(bucket, branch);
    return "gone";
  }
  if (view.id !== at) return "moved";
  if (await hasMore(bucket, branch)) return "uncommitted";

  if (!(await markRemoved(bucket, view))) return "moved";
  // What people wrote since stays.
  await removeAll(
    bucket,
    branch,
    view.own.map(({ key }) => key),
  );

  return "deleted";
}

/** Ends the removal of a branch that was broken off; of every other branch nothing. */
export async function finishRemoval(
  bucket: Bucket,
  branch: string,
): Promise<void> {
  const current = await readIndex(bucket, branch);
  if (current === null || !isRemoved(current.commit)) return;

  const marked = await headOf(bucket, indexKey(branch));
  const own = await listOwn(bucket, branch);
  // By the server's clock: what people wrote since stays.
  const left = own.filter(
    ({ changedAt }) => marked === null || changedAt <= marked.changedAt,
  );
  await removeAll(
    bucket,
    branch,
    left.map(({ key }) => key),
  );
}

/** The same of all branches whose removal began before then. */
export async function finishRemovals(
  bucket: Bucket,
  before: Date,
): Promise<void> {
  const branches: string[] = [];
  for await (const { key, changedAt } of listBelow(bucket, BRANCHES))
    if (key.endsWith(".json") && changedAt <= before)
      branches.push(key.slice(BRANCHES.length, -".json".length));

  for (const branch of branches) await finishRemoval(bucket, branch);
}

/** False where somebody published in the branch meanwhile. */
async function markRemoved(
  bucket: Bucket,
  { branch, current }: View,
): Promise<boolean> {
  const commit = {
    ...{ branch, parent: current?.id ?? null, input: null, wrote: [] },
    ...{ madeAt: bucket.ctx.now().toISOString() },
    ...{ message: `Remove branch ${branch}`, metadata: { [REMOVED_KEY]: "1" } },
  };
  const hold = await holdContent(bucket, null, []);
  try {
    const files = new Map();
    return (
      (await writeIndex(bucket, current, commit, { files, hold })) !== null
    );
  } finally {
    await hold.end();
  }
}

/** The index goes last: until then nobody sees what is left. */
async function removeAll(
  bucket: Bucket,
  branch: string,
  paths: readonly string[],
): Promise<void> {
  await removeOwn(bucket, branch, paths);
  await removeKeys(bucket, [originKey(branch), chainKey(branch)]);
  await removeKeys(bucket, [indexKey(branch)]);
}

/** Whether there is something beside what a snapshot covers. */
async function hasMore(bucket: Bucket, branch: string): Promise<boolean> {
  const folders = await foldersBelow(bucket, `${branch}/`);
  return folders.some(
    (name) => !bucket.tops.some((top) => top.startsWith(`${name}/`)),
  );
}
