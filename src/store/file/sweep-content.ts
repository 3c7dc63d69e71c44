import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { orMissing } from "../../node-error.ts";
import type { ContentSwept, ContentWish } from "../swept-content.ts";
import type { Layout } from "./layout.ts";
import { visiblePublication } from "./publication.ts";
import { completeIndex } from "./publish.ts";
import { underStoreLock } from "./store-lock.ts";
import { unusedPublications } from "./write-publication.ts";

/**
 * Removes publications that no branch shows, or showed among its last ones, and what is left of those that were never
 * finished: the next publication does the same. Nobody publishes meanwhile.
 */
export async function sweepPublications(
  ctx: Pick<Context, "signal" | "now" | "log">,
  layout: Layout,
  { olderThanMs, dryRun }: ContentWish,
): Promise<ContentSwept> {
  const removed: { size: number }[] = [];
  // A store in which nothing was published gets no folders by this.
  if (await orMissing(lstat(layout.publications)))
    await underStoreLock(ctx, layout, async () => {
      if (!dryRun) await completeCurrent(ctx, layout);

      for (const id of await unusedPublications(layout)) {
        const folder = join(layout.publications, id);
        const made = (await lstat(folder)).ctimeMs;
        if (ctx.now().getTime() - made < olderThanMs) continue;

        removed.push(...(await filesIn(folder)));
        if (!dryRun) await rm(folder, { recursive: true, force: true });
      }
    });

  return { removed, held: 0, refused: [], kept: null };
}

/** What each branch shows; a landing that was killed right after its switch left it without its list of hashes. */
async function completeCurrent(
  ctx: Pick<Context, "signal" | "now" | "log">,
  layout: Layout,
): Promise<void> {
  for (const branch of await readdir(layout.root)) {
    const current = await visiblePublication(layout, branch);
    if (current) await completeIndex({ layout, ctx }, current);
  }
}

/** Bytes that its removal frees: of files that have no other name. */
async function filesIn(folder: string): Promise<{ size: number }[]> {
  const files: { size: number }[] = [];
  for (const entry of await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  })) {
    if (entry.isDirectory()) continue;
    const { size, nlink } = await lstat(join(entry.parentPath, entry.name));
    files.push({ size: nlink > 1 ? 0 : size });
  }

  return files;
}
