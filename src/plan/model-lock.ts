import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { readDocument } from "../document/document.ts";
import { UsageError } from "../errors.ts";
import type { Store } from "../store/store.ts";

/** `model.lock` in Git: the commit of the data branch that a merge request is about. */
export interface ModelLock {
  kind: "model-lock";
  version: 1;
  store: string;
  branch: string;
  commit: string;
}

export const LOCK_FILE = "model.lock";

/** The lock of the current folder, where it is about this store and branch; one of another branch was merged long ago. */
export async function readLock(
  ctx: Pick<Context, "cwd">,
  store: Pick<Store, "url">,
  branch: string,
): Promise<ModelLock | null> {
  const file = join(ctx.cwd, LOCK_FILE);
  if (!existsSync(file)) return null;

  const lock = await readDocument<ModelLock>(file, "model-lock");

  return lock.store === store.url && lock.branch === branch ? lock : null;
}

/** The pinned commit, or null without a lock. Throws `UsageError` where the branch does not hold it. */
export async function pinnedCommit(
  ctx: Pick<Context, "cwd" | "log">,
  store: Store,
  branch: string,
): Promise<string | null> {
  const lock = await readLock(ctx, store, branch);
  if (lock === null) return null;

  const head = await store.head(branch);
  if (
    head === null ||
    (lock.commit !== head &&
      (await store.isAncestor(lock.commit, head)) !== true)
  )
    throw new UsageError(
      `${LOCK_FILE} pins commit ${lock.commit}, which is not on branch ${branch}`,
      {
        code: "lock-unknown",
        hint: "write it again with `model-to-edge pin`, commit and push it",
      },
    );

  ctx.log.info(`${LOCK_FILE} pins branch ${branch} at commit ${lock.commit}`);

  return lock.commit;
}
