import { cp, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { orMissing } from "../node-error.ts";
import { shellQuote } from "../text/shell-quote.ts";
import { recordsInChain } from "./chain-records.ts";
import { changesInChain } from "./commit-chain.ts";
import { deleteFolder, folderBranches } from "./file/branches.ts";
import { findPublication } from "./file/chain.ts";
import { fileDraft, fileDrafts } from "./file/draft.ts";
import { betweenLandings } from "./file/interrupted-landing.ts";
import { keptInDraft } from "./file/kept.ts";
import { landFolder } from "./file/land.ts";
import { type Layout, layoutOf } from "./file/layout.ts";
import { storeWritten } from "./file/not-writable.ts";
import {
  branchMissing,
  branchNames,
  openNamed,
  openSnapshot,
} from "./file/open-snapshot.ts";
import { readCommit } from "./file/publication.ts";
import {
  comesBefore,
  parseSnapshotId,
  snapshotIdOf,
} from "./file/snapshot-id.ts";
import { sweepPublications } from "./file/sweep-content.ts";
import { tellingMissing } from "./missing-record.ts";
import { checkBranchName } from "./paths.ts";
import type { Store } from "./store.ts";
import type { StoreOptions } from "./store-options.ts";

type FileContext = Pick<Context, "signal" | "now" | "log">;

/** A store in a folder: branches are folders; `edge/` and `evidence/` are switched by one rename of one link. */
export function fileStore(
  ctx: FileContext,
  url: string,
  root: string,
  { paths }: Pick<StoreOptions, "paths"> = {},
): Store {
  const layout = layoutOf(root, paths);
  const readLink = tellingMissing(ctx, new Set(), (id) =>
    readCommit(layout, id),
  );

  return {
    url,
    verify: () => verifyFolder(root),
    async head(branch) {
      checkBranchName(branch);
      return betweenLandings(ctx, layout, branch, () =>
        snapshotIdOf(layout, branch),
      );
    },
    pending: async () => ({ inputs: 0, elsewhere: 0 }),
    createBranch: (branch, from) => createBranch(ctx, layout, branch, from),
    branches: () => folderBranches(ctx, layout),
    async deleteBranch(branch, at) {
      checkBranchName(branch);
      return storeWritten(root, ctx.signal, () =>
        deleteFolder(ctx, layout, branch, at),
      );
    },
    snapshot: (branch, at) => openSnapshot(ctx, layout, branch, at),
    named: (ref) => openNamed(ctx, layout, ref),
    draft: (ref) => fileDraft(ctx, layout, ref),
    drafts: () => fileDrafts(layout),
    kept: ({ id }) => keptInDraft(ctx, layout, id),
    sweepContent: (wish) => sweepPublications(ctx, layout, wish),
    isAncestor: (older, newer) => comesBefore(layout, older, newer),
    base: async () => null,
    history: async (snapshot) => [snapshot],
    changesOf: (snapshot, pointer, limit) =>
      changesInChain(readLink, publicationOf(snapshot), {
        pointer,
        limit,
      }),
    records: (at) =>
      recordsInChain(
        {
          read: readLink,
          madeAt: ({ createdAt }) => String(createdAt),
          publicationOf,
        },
        publicationOf(at),
      ),
    land: (wish) => landFolder(ctx, layout, wish),
    undo: async () => ({
      status: "impossible",
      message:
        "a store in a folder keeps no history, so a landing cannot be reverted",
      hint: "put the old model into model/ and land it with a separate merge request",
    }),
    undoCommand: () => null,
    findCommit: (branch, metadata) => findPublication(layout, branch, metadata),
    link: () => null,
    mergeCommand: () => null,
    placeAt: (snapshot) =>
      parseSnapshotId(snapshot)?.publication
        ? `${url.replace(/\/+$/, "")}/${snapshot}`
        : null,
    word: async () => null,
    close: async () => {},
  };
}

function publicationOf(snapshot: string): string | null {
  return parseSnapshotId(snapshot)?.publication ?? null;
}

async function verifyFolder(root: string): Promise<void> {
  const stats = await orMissing(stat(root));
  if (stats?.isDirectory()) return;
  throw new UsageError(
    `the store's folder ${root} ${stats ? "is not a folder" : "does not exist"}`,
    {
      code: "store-missing",
      hint: `create it with a branch and a model in it: mkdir -p ${shellQuote(join(root, "main", "model"))}`,
    },
  );
}

/** Copies a branch as people see it; its publication becomes the first one of the new branch. */
async function createBranch(
  ctx: FileContext,
  layout: Layout,
  branch: string,
  from: string,
): Promise<void> {
  checkBranchName(branch);
  checkBranchName(from);

  const source = join(layout.root, from);
  const target = join(layout.root, branch);
  if (!(await orMissing(stat(source))))
    throw branchMissing(from, await branchNames(layout));
  if (await orMissing(stat(target))) return;

  const partial = join(
    layout.drafts,
    `branch-${branch}-${ctx.now().getTime()}`,
  );

  try {
    await storeWritten(target, ctx.signal, async () => {
      await mkdir(layout.drafts, { recursive: true });
      await betweenLandings(ctx, layout, from, async () => {
        await rm(partial, { recursive: true, force: true });
        await cp(source, partial, {
          recursive: true,
          verbatimSymlinks: true,
          filter: () => !ctx.signal.aborted,
        });
        ctx.signal.throwIfAborted();
      });
      await rename(partial, target);
    });
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}
