import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../errors.ts";
import { orMissing } from "../../node-error.ts";
import { changedInChain, findInChain } from "../commit-chain.ts";
import type { LandedModel } from "../store.ts";
import type { Layout } from "./layout.ts";
import {
  currentPublication,
  type Publication,
  readCommit,
} from "./publication.ts";

/** Id of the newest publication in the branch's chain whose metadata has all these values. */
export async function findPublication(
  layout: Layout,
  branch: string,
  metadata: Record<string, string>,
): Promise<string | null> {
  const newest = (await currentPublication(layout, branch))?.id ?? null;

  return findInChain((id) => readCommit(layout, id), newest, metadata);
}

/** Throws `UsageError` where a branch that shows no publication has records of some: nobody can tell which came last. */
async function refuseLostLink(layout: Layout, branch: string): Promise<void> {
  for (const name of (await orMissing(readdir(layout.commits))) ?? []) {
    const record = await readCommit(layout, name.replace(/\.json$/, ""));
    if (record?.branch !== branch) continue;

    throw new UsageError(
      `the link .published of branch ${branch} was removed, so it is unknown what was landed on it`,
      {
        code: "index-damaged",
        hint: `put the link back, to the newest folder of ${layout.publications} that is of ${branch} (${layout.commits} names the branches); or run the pipeline of ${branch}, then land again`,
      },
    );
  }
}

/** Pointers of these models that the target published after both branches were the same, sorted. */
export async function changedSince(
  layout: Layout,
  target: string,
  source: Publication | null,
  models: readonly LandedModel[],
): Promise<string[]> {
  const newest = (await currentPublication(layout, target))?.id ?? null;
  if (newest === null) await refuseLostLink(layout, target);

  const ends = {
    ...{ source: source?.id ?? null, target: newest, branch: target },
    shows: (path: string) => existsSync(join(layout.root, target, path)),
  };

  return changedInChain((id) => readCommit(layout, id), ends, models);
}
