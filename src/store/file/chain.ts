import type { LandedModel } from "../store.ts";
import type { Layout } from "./layout.ts";
import {
  type CommitRecord,
  currentPublication,
  type Publication,
  readCommit,
} from "./publication.ts";

/** A publication in a branch's chain, and its record. */
interface Link {
  id: string;
  commit: CommitRecord;
}

/** The publications of a branch from one on, the newest first, as far as their records are kept. */
async function* chainFrom(
  layout: Layout,
  newest: string | null,
): AsyncGenerator<Link> {
  for (let id = newest; id !== null; ) {
    const commit = await readCommit(layout, id);
    if (!commit) return;

    yield { id, commit };
    id = commit.parent;
  }
}

/** Id of the newest publication in the branch's chain whose metadata has all these values. */
export async function findPublication(
  layout: Layout,
  branch: string,
  metadata: Record<string, string>,
): Promise<string | null> {
  const wanted = Object.entries(metadata);
  const newest = (await currentPublication(layout, branch))?.id ?? null;

  for await (const { id, commit } of chainFrom(layout, newest))
    if (wanted.every(([key, value]) => commit.metadata[key] === value))
      return id;

  return null;
}

/** Pointers of these models that the target published after both branches were the same, sorted. */
export async function changedSince(
  layout: Layout,
  target: string,
  source: Publication | null,
  models: readonly LandedModel[],
): Promise<string[]> {
  const shared = new Set<string>();
  for await (const { id } of chainFrom(layout, source?.id ?? null))
    shared.add(id);

  const touched = new Set(
    models.flatMap(({ take, remove }) => [...take, ...remove]),
  );

  const changed = new Set<string>();
  const newest = (await currentPublication(layout, target))?.id ?? null;

  for await (const { id, commit } of chainFrom(layout, newest)) {
    if (shared.has(id)) break;
    for (const path of commit.wrote) if (touched.has(path)) changed.add(path);
  }

  return [...changed].sort();
}
