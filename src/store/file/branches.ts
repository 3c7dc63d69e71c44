import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { orMissing } from "../../node-error.ts";
import type { BranchFacts, DeleteOutcome } from "../store.ts";
import type { Layout } from "./layout.ts";
import { snapshotIdOf } from "./snapshot-id.ts";
import { walkFiles } from "./walk.ts";

/** Branches that people work on: the store's folders. */
export async function* folderBranches(
  layout: Layout,
): AsyncGenerator<BranchFacts> {
  const entries =
    (await orMissing(readdir(layout.root, { withFileTypes: true }))) ?? [];
  for (const { name } of entries.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith("."),
  )) {
    const head = await snapshotIdOf(layout, name);
    const files = await walkFiles(
      join(layout.root, name, "model"),
      "model",
      join(layout.root, name, "model"),
    );

    const own = (await stat(join(layout.root, name))).mtimeMs;
    const newest = files.reduce(
      (latest, file) => Math.max(latest, file.modifiedAt),
      own,
    );
    if (head !== null) yield { name, head, changedAt: new Date(newest) };
  }
}

/** Removes the folder of a branch by way of a hidden place, so that nobody sees half of it. */
export async function deleteFolder(
  layout: Layout,
  branch: string,
  at: string,
): Promise<DeleteOutcome> {
  const head = await snapshotIdOf(layout, branch);
  if (head === null) return "gone";
  if (head !== at) return "moved";

  const bin = join(layout.drafts, `deleted-${branch}`);
  await mkdir(layout.drafts, { recursive: true });
  await rm(bin, { recursive: true, force: true });
  await rename(join(layout.root, branch), bin);
  await rm(bin, { recursive: true, force: true });

  return "deleted";
}
