import type { LakefsApi } from "./api.ts";
import type { CommitFacts } from "./commit-calls.ts";

/** Commits that are looked at, and how many of them come in one answer. */
const LOG = 1000;
const PAGE = 50;

interface Question {
  paths: ReadonlySet<string>;
  /** Which together hold the paths. */
  prefixes: readonly string[];
  /** The walk ends at this commit: what lies before it is not asked for. */
  until: string;
  /** Whether a merge changed its paths by itself; of any other one, the commit that it brought is asked for. */
  isAuthor(merge: CommitFacts): boolean;
}

/**
 * The commit by which a branch came to hold each path as it is now (or to hold it no more): the newest of its first
 * parents that differs there from the one before. Not by lakeFS's log of an object, which skips merges and so shows what
 * a draft held before it was published: a file that was uploaded, and withheld then, counts there as the last change.
 * A path is absent where no commit up to `until`, or of the newest 1,000, changed it.
 */
export async function lastChanges(
  api: LakefsApi,
  head: string,
  question: Question,
): Promise<Map<string, CommitFacts>> {
  const found = new Map<string, CommitFacts>();
  const open = new Set(question.paths);

  for await (const commit of firstParents(api, head)) {
    const { id, parents } = commit;
    const [before, merged] = parents;
    if (open.size === 0 || id === question.until || !before) break;

    const { prefixes } = question;
    const paths = await changedPaths(api, [before, id], prefixes, open);
    if (paths.size === 0) continue;
    for (const path of paths) open.delete(path);

    const inner =
      merged && !question.isAuthor(commit)
        ? await lastChanges(api, merged, { ...question, paths })
        : null;
    for (const path of paths) found.set(path, inner?.get(path) ?? commit);
  }

  return found;
}

/** Those of the paths that differ between two commits. */
export async function changedPaths(
  api: LakefsApi,
  [before, after]: readonly [before: string, after: string],
  prefixes: readonly string[],
  asked: ReadonlySet<string>,
): Promise<Set<string>> {
  const paths = new Set<string>();
  for (const prefix of prefixes)
    for await (const { path } of api.diffRefs(before, after, prefix))
      if (asked.has(path)) paths.add(path);

  return paths;
}

async function* firstParents(
  api: LakefsApi,
  head: string,
): AsyncGenerator<CommitFacts> {
  let ref: string | undefined = head;
  for (let seen = 0; ref && seen < LOG; seen += PAGE) {
    const page: CommitFacts[] = await api.logCommits(ref, PAGE);
    yield* page;
    ref = page.at(-1)?.parents[0];
  }
}
