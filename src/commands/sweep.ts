import { parseDuration } from "../config/duration.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import { remoteBranches } from "../gitlab/git.ts";
import { staleBranches } from "../land/data-branches.ts";
import { ageOf } from "../report/branch-table.ts";
import { openStore } from "../store/open.ts";
import type { DeleteOutcome, Store } from "../store/store.ts";
import { sweepDrafts } from "../store/sweep.ts";
import type { CommandIo, Flags } from "./command-io.ts";

/** Removes drafts of runs that were killed: nothing else does. Or lists data branches that nobody needs any more. */
export async function sweep(
  ctx: Context,
  _io: CommandIo,
  flags: Flags,
): Promise<void> {
  const olderThan = String(flags["older-than"]);
  const olderThanMs =
    olderThan === "0" || olderThan === "0s" ? 0 : parseDuration(olderThan);

  if (olderThanMs === null)
    throw new UsageError(
      `--older-than must be a duration such as 24h, not ${JSON.stringify(olderThan)}`,
      { code: "setting", hint: "write a number with s, m or h, such as 90m" },
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
  const git = await knownBranches(ctx);
  const main = mapBranchName(ctx.environment.ci.defaultBranch ?? "main");
  const wish = { git, keep: ["main", main], olderThanMs };
  let count = 0;

  for await (const { name, head, changedAt } of staleBranches(
    ctx,
    store,
    wish,
  )) {
    const outcome = remove ? await store.deleteBranch(name, head) : "listed";
    const stays = outcome === "moved" || outcome === "uncommitted";
    if (!stays) count += 1;

    const age = ageOf(changedAt, ctx.now());
    const line = `${name}: no Git branch, last changed ${age} ago, commit ${head}`;
    ctx.log.info(`${line}${DID[outcome]}`);
  }

  const verb = remove ? "deleted from" : "stale in";
  ctx.log.info(`${branches(count)} ${verb} ${store.url}`);

  if (!remove && count > 0)
    ctx.log.info(
      "--delete deletes them; restore one from its commit above with lakectl branch create … --source COMMIT",
    );
}

const DID: Record<DeleteOutcome | "listed", string> = {
  listed: "",
  moved: " (stays: moved)",
  uncommitted: " (stays: uncommitted)",
  deleted: " (deleted)",
  gone: " (deleted)",
};

function branches(count: number): string {
  return `${count} data branch${count === 1 ? "" : "es"}`;
}

async function knownBranches(ctx: Context): Promise<string[]> {
  const git = await remoteBranches(ctx);
  if (git !== null) return git;

  throw new UsageError(
    "the Git branches of origin cannot be listed, so it is unknown which data branches are stale",
    {
      code: "git-missing",
      hint: "run it in a clone of the project, with access to its remote origin",
    },
  );
}
