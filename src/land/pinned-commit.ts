import type { Context } from "../context.ts";
import { branchPaths } from "../model/layout.ts";
import { readLock } from "../plan/model-lock.ts";
import type { Snapshot } from "../store/store.ts";
import { tokensByPath } from "../store/tokens-by-path.ts";
import type { LandJob } from "./landing.ts";

const LOOKED_AT = 100;

/**
 * The commit that is landed: the branch's newest one; or, where `model.lock` pins one, the newest that holds the same
 * models as the pinned one, for the edge models were published after it.
 */
export async function commitToLand(
  ctx: Pick<Context, "cwd" | "log">,
  { store, settings }: Pick<LandJob, "store" | "settings">,
  source: string,
  head: string,
): Promise<string> {
  const lock = await readLock(ctx, store, source);
  if (lock === null) return head;

  const prefix = `${branchPaths(settings.modelPath, settings.edgePath).model}/`;
  const pinned = await fingerprintOf(
    await store.snapshot(source, lock.commit),
    prefix,
  );

  for (const id of await store.history(head, LOOKED_AT)) {
    if (
      (await fingerprintOf(await store.snapshot(source, id), prefix)) === pinned
    )
      return id;
    if (id === lock.commit) break;
  }

  return lock.commit;
}

async function fingerprintOf(
  snapshot: Snapshot,
  prefix: string,
): Promise<string> {
  const tokens = await tokensByPath(snapshot.list(prefix));
  return [...tokens].map((line) => line.join(" ")).join("\n");
}
