import {
  readSweepSettings,
  type SweepSettings,
} from "../config/sweep-options.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import { remoteBranches } from "../gitlab/git.ts";
import { staleBranches } from "../land/data-branches.ts";
import { ageOf } from "../report/branch-table.ts";
import type { DeleteOutcome, Store } from "../store/store.ts";
import { ANYBODY, sweepDrafts } from "../store/sweep.ts";
import type { ContentSwept } from "../store/swept-content.ts";
import { formatBytes } from "../text/format-bytes.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { withSession } from "./session.ts";

/** Removes drafts of runs that were killed: nothing else does. Or lists data branches that nobody needs any more. */
export async function sweep(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const wishes = readSweepSettings(flags, ctx.environment);

  await withSession(ctx, io, flags, async ({ store }) => {
    await store.verify();
    if (wishes.staleBranches) await sweepBranches(ctx, store, wishes);
    else await sweepOldDrafts(ctx, store, wishes);
  });
}

/** In a pipeline the drafts of its own project; on a person's machine, which belongs to no project, those of all. */
async function sweepOldDrafts(
  ctx: Context,
  store: Store,
  { olderThanMs, dryRun, allProjects }: SweepSettings,
): Promise<void> {
  const project = allProjects ? null : ctx.environment.ci.projectPath;
  const removed = await sweepDrafts(store, {
    ...{ olderThanMs, dryRun, now: ctx.now(), log: ctx.log },
    of: project === null ? ANYBODY : { project },
  });

  const whose = project === null ? "" : ` of ${project}`;
  ctx.log.info(
    `${removed.length} draft${removed.length === 1 ? "" : "s"}${whose} ${dryRun ? "would be " : ""}removed from ${store.url}`,
  );

  const swept = await store.sweepContent?.({ olderThanMs, dryRun });
  if (swept) logContent(ctx, store, swept, dryRun);
}

/** What was, or would be, removed of published content; why the rest stays. */
function logContent(
  { log }: Pick<Context, "log">,
  { url }: Pick<Store, "url">,
  { removed, held, refused, kept }: ContentSwept,
  dryRun: boolean,
): void {
  if (kept !== null) {
    log.warn(
      `published files that no branch shows any more stay in the store: ${kept}`,
      "publication.md#s3",
    );
    return;
  }

  const bytes = removed.reduce((sum, { size }) => sum + size, 0);
  log.info(
    `${files(removed.length)} (${formatBytes(bytes)}) that no branch shows any more ${dryRun ? "would be " : ""}removed from ${url}`,
  );

  if (held > 0)
    log.info(
      `${files(held)} that no branch shows stay: drafts need them, also those of other projects; \`--all-projects\` removes all old drafts`,
    );
  if (refused.length > 0)
    log.warn(
      `${files(refused.length)} could not be removed: ${refused[0]}`,
      "publication.md#s3",
    );
}

function files(count: number): string {
  return `${count} published file${count === 1 ? "" : "s"}`;
}

/** Only what `origin` itself says counts: an old clone may miss a branch that somebody works on. */
async function sweepBranches(
  ctx: Context,
  store: Store,
  { olderThanMs, delete: remove }: SweepSettings,
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
    ctx.log.info(`--delete deletes them${wayBack(store)}`);
}

const DID: Record<DeleteOutcome | "listed", string> = {
  listed: "",
  moved: " (stays: moved)",
  uncommitted: " (stays: uncommitted)",
  deleted: " (deleted)",
  gone: " (deleted)",
};

/** Only lakeFS keeps the commits of a branch that is gone. */
function wayBack({ url }: Pick<Store, "url">): string {
  return url.startsWith("lakefs://")
    ? "; restore one from its commit above with lakectl branch create … --source COMMIT"
    : ", for good: this store keeps nothing of a branch that is gone";
}

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
