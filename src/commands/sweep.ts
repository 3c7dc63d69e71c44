import { parseDuration } from "../config/duration.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import { remoteBranches } from "../gitlab/git.ts";
import { staleBranches } from "../land/data-branches.ts";
import { ageOf } from "../report/branch-table.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { sweepDrafts } from "../store/sweep.ts";
import type { CommandIo, Flags } from "./command-io.ts";

/** Removes drafts of runs that were killed: nothing else does. Or lists data branches that nobody needs any more. */
export async function sweep(
  ctx: Context,
  _edge: CommandIo,
  flags: Flags,
): Promise<void> {
  const olderThan = String(flags["older-than"]);
  const olderThanMs =
    olderThan === "0" || olderThan === "0s" ? 0 : parseDuration(olderThan);

  if (olderThanMs === null)
    throw new UsageError(
      `--older-than must be a duration such as 24h, not ${JSON.stringify(olderThan)}`,
    );

  const store = await openStore(ctx, String(flags.store), { webUrl: null });
  try {
    await store.verify();
    if (flags["stale-branches"] === true)
      await sweepBranches(ctx, store, olderThanMs, flags.delete === true);
    else
      await sweepOldDrafts(ctx, store, olderThanMs, flags["dry-run"] === true);
  } finally {
    await store.close();
  }
}

async function sweepOldDrafts(
  ctx: Context,
  store: Store,
  olderThanMs: number,
  dryRun: boolean,
): Promise<void> {
  const removed = await sweepDrafts(store, {
    olderThanMs,
    dryRun,
    now: ctx.now(),
    log: ctx.log,
  });
  ctx.log.info(
    `${removed.length} draft${removed.length === 1 ? "" : "s"} ${dryRun ? "would be " : ""}removed from ${store.url}`,
  );
}

/** Only what `origin` itself says counts: an old clone may miss a branch that somebody works on. */
async function sweepBranches(
  ctx: Context,
  store: Store,
  olderThanMs: number,
  remove: boolean,
): Promise<void> {
  const git = await remoteBranches(ctx);
  if (git === null)
    throw new UsageError(
      "the Git branches of origin cannot be listed, so no data branch can be called stale",
      {
        code: "git-missing",
        hint: "run it in a clone of the project, with access to its remote origin",
      },
    );

  const keep = [
    "main",
    mapBranchName(ctx.environment.ci.defaultBranch ?? "main"),
  ];
  let count = 0;

  for await (const { name, head, changedAt } of staleBranches(ctx, store, {
    git,
    keep,
    olderThanMs,
  })) {
    const outcome = remove ? await store.deleteBranch(name, head) : "listed";
    const kept = outcome === "moved" || outcome === "uncommitted";
    if (!kept) count += 1;

    const did =
      outcome === "listed" ? "" : kept ? ` (stays: ${outcome})` : " (deleted)";
    ctx.log.info(
      `${name}: no Git branch, last changed ${ageOf(changedAt, ctx.now())} ago, commit ${head}${did}`,
    );
  }

  const verb = remove ? "deleted from" : "stale in";
  ctx.log.info(
    `${count} data branch${count === 1 ? "" : "es"} ${verb} ${store.url}`,
  );

  if (!remove && count > 0)
    ctx.log.info(
      "--delete deletes them; the commits above bring one back: lakectl branch create … --source COMMIT",
    );
}
