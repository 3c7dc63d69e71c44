import { parseDuration } from "../config/duration.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { openStore } from "../store/open.ts";
import { sweepDrafts } from "../store/sweep.ts";
import type { Edge, Flags } from "./program.ts";

/** Removes drafts of runs that were killed: nothing else does. */
export async function sweep(ctx: Context, _edge: Edge, flags: Flags): Promise<void> {
  const olderThan = String(flags["older-than"]);
  const olderThanMs = olderThan === "0" || olderThan === "0s" ? 0 : parseDuration(olderThan);
  if (olderThanMs === null)
    throw new UsageError(`--older-than must be a duration such as 24h, not ${JSON.stringify(olderThan)}`);
  const store = await openStore(ctx, String(flags["store"]), { webUrl: null });
  try {
    await store.verify();
    const dryRun = flags["dry-run"] === true;
    const removed = await sweepDrafts(store, { olderThanMs, dryRun, now: ctx.now(), log: ctx.log });
    ctx.log.info(
      `${removed.length} draft${removed.length === 1 ? "" : "s"} ${dryRun ? "would be " : ""}removed from ${store.url}`,
    );
  } finally {
    await store.close();
  }
}
