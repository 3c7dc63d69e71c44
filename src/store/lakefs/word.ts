import type { PublishedPaths, PublishedWord, StoreWord } from "../word.ts";
import type { LakefsApi } from "./api.ts";
import type { CommitFacts } from "./commit-calls.ts";
import { DRAFT_KEY } from "./draft-branch.ts";
import { type Repository, toldToPeople } from "./repository.ts";

/** Commits that changed a folder of a model, which are looked at. */
const LOOK_BACK = 20;

/**
 * What lakeFS's log says of who wrote what: `committer` is set by the server. Null where the server has no access
 * control: then everybody is its one user, and the log says nothing.
 */
export async function wordOf(
  repository: Repository,
): Promise<StoreWord | null> {
  const { api } = repository;
  if (!(await api.hasAccessControl())) return null;

  const self = await api.currentUser();
  if (self === null) return null;

  return {
    self,
    published: (by, what) =>
      toldToPeople(repository, () => published(api, by, what)),
  };
}

/**
 * Looks for a publication by this user among the commits that changed these files, and compares its objects with those
 * of the snapshot. By checksum and by place: a checksum may be the word of whoever staged the object. Dates are a
 * client's word, too, so the order of the log decides nothing.
 */
async function published(
  api: LakefsApi,
  by: string,
  { snapshot, pointer, paths }: PublishedPaths,
): Promise<PublishedWord> {
  const commits = new Map<string, CommitFacts>();
  for (const folder of topmost(paths.map(folderOf)))
    for (const commit of await api.logBelow(snapshot, LOOK_BACK, folder))
      commits.set(commit.id, commit);

  const [newest] = await api.logCommits(snapshot, 1, pointer);
  const last = newest?.committer ?? null;
  const theirs = [...commits.values()].filter(
    ({ committer, metadata }) => committer === by && metadata[DRAFT_KEY],
  );
  if (theirs.length === 0) return { isTheirs: false, last };

  const now = await objectsAt(api, snapshot, paths);

  for (const { id } of theirs) {
    const then = await objectsAt(api, id, paths);
    if (
      paths.every((path) => now.has(path) && now.get(path) === then.get(path))
    )
      return { isTheirs: true, last };
  }

  return { isTheirs: false, last };
}

/** Each path's object, by all that tells it from another one. */
async function objectsAt(
  api: LakefsApi,
  commit: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const asked = new Set(paths);
  const objects = new Map<string, string>();

  for (const folder of topmost(paths.map(folderOf)))
    for await (const { path, checksum, size, address } of api.listObjects(
      commit,
      folder,
    ))
      if (asked.has(path))
        objects.set(path, JSON.stringify([checksum, size, address]));

  return objects;
}

/** Ends in `/`. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** Folders that lie in no other one of them. */
function topmost(folders: readonly string[]): string[] {
  const all = [...new Set(folders)];
  return all.filter(
    (folder) =>
      !all.some((other) => other !== folder && folder.startsWith(other)),
  );
}
