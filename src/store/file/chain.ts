import { existsSync } from "node:fs";
import { join } from "node:path";
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

/** Pointers of these models that the target published after both branches were the same, sorted. */
export async function changedSince(
  layout: Layout,
  target: string,
  source: Publication | null,
  models: readonly LandedModel[],
): Promise<string[]> {
  const newest = (await currentPublication(layout, target))?.id ?? null;
  const ends = {
    ...{ source: source?.id ?? null, target: newest, branch: target },
    shows: (path: string) => existsSync(join(layout.root, target, path)),
  };

  return changedInChain((id) => readCommit(layout, id), ends, models);
}
