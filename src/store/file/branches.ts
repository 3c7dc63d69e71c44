import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { orMissing } from "../../node-error.ts";
import type { BranchFacts, DeleteOutcome } from "../store.ts";
import { betweenLandings, settleLocked } from "./interrupted-landing.ts";
import { closedFile } from "./landing-record.ts";
import type { Layout } from "./layout.ts";
import { snapshotIdOf } from "./snapshot-id.ts";
import { underStoreLock } from "./store-lock.ts";
import { walkFiles } from "./walk.ts";

type FileContext = Pick<Context, "signal" | "log">;

/** Branches that people work on: the store's folders. */
export async function* folderBranches(
  ctx: FileContext,
  layout: Layout,
): AsyncGenerator<BranchFacts> {
  const entries =
    (await orMissing(readdir(layout.root, { withFileTypes: true }))) ?? [];
  for (const { name } of entries.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith("."),
  )) {
    const { head, files } = await betweenLandings(
      ctx,
      layout,
      name,
      async () => ({
        head: await snapshotIdOf(layout, name),
        files: await walkFiles(
          join(layout.root, name, "model"),
          "model",
          join(layout.root, name, "model"),
        ),
      }),
    );

    const own = (await stat(join(layout.root, name))).mtimeMs;
    const newest = files.reduce(
      (latest, file) => Math.max(latest, file.modifiedAt),
      own,
    );
    if (head !== null) yield { name, head, changedAt: new Date(newest) };
  }
}

/**
 * Removes the folder of a branch by way of a hidden place, so that nobody sees half of it, while nobody publishes or
 * lands there.
 */
export async function deleteFolder(
  ctx: FileContext,
  layout: Layout,
  branch: string,
  at: string,
): Promise<DeleteOutcome> {
  const bin = join(layout.drafts, `deleted-${branch}`);
  const outcome = await underStoreLock(ctx, layout, async () => {
    await settleLocked(ctx, layout, branch);
    const head = await snapshotIdOf(layout, branch);
    if (head === null) return "gone";
    if (head !== at) return "moved";

    await mkdir(layout.drafts, { recursive: true });
    await rm(bin, { recursive: true, force: true });
    await rm(closedFile(layout, branch), { force: true });
    await rename(join(layout.root, branch), bin);

    return "deleted";
  });

  // Nobody needs to wait for this.
  if (outcome === "deleted") await rm(bin, { recursive: true, force: true });

  return outcome;
}
