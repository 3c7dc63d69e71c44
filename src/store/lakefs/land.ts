import { landGone } from "../land-outcomes.ts";
import type { DeleteOutcome, LandOutcome, LandWish } from "../store.ts";
import type { LakefsApi } from "./api.ts";
import type { CommitFacts } from "./commit-calls.ts";
import { mergeCommit } from "./merge.ts";
import { countPending } from "./pending.ts";
import type { Repository } from "./repository.ts";
import { orNull } from "./rest.ts";

/** How far back the log of a branch is read for a landing of an earlier try. */
const LOG = 1000;

/** Merges the snapshot that was checked, and nothing that was pushed after it. */
export async function landCommit(
  repository: Repository,
  wish: LandWish,
): Promise<LandOutcome> {
  const { at, target, message, metadata } = wish;
  const text = { message, metadata };
  const outcome = await mergeCommit(repository, { commit: at, target, text });

  switch (outcome.status) {
    case "merged":
      return { status: "landed", commit: outcome.commit };
    case "unchanged":
      return outcome;
    case "conflict":
      return conflict(wish, await conflictPaths(repository.api, at, target));
    case "gone":
      return landGone(target);
    default:
      return { ...outcome, paths: [] };
  }
}

/** lakeFS deletes a branch whatever it holds, so it is looked at first; a push in between is lost from view, not from the store. */
export async function deleteBranchAt(
  { api }: Repository,
  branch: string,
  at: string,
): Promise<DeleteOutcome> {
  const head = await api.getBranch(branch);
  if (head === null) return "gone";
  if (head !== at) return "moved";

  // Another job may delete it at this moment.
  const pending = await orNull(countPending(api, branch, ""));
  if (pending === null) return "gone";
  if (pending.inputs + pending.elsewhere > 0) return "uncommitted";

  await api.deleteBranch(branch);

  return "deleted";
}

export async function findCommit(
  api: LakefsApi,
  branch: string,
  metadata: Record<string, string>,
): Promise<string | null> {
  const wanted = Object.entries(metadata);
  const fits = (commit: CommitFacts) =>
    wanted.every(([key, value]) => commit.metadata[key] === value);
  return (await api.logCommits(branch, LOG)).find(fits)?.id ?? null;
}

async function conflictPaths(
  api: LakefsApi,
  source: string,
  destination: string,
): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of api.conflicts(source, destination))
    if (paths.push(path) >= LOG) break;
  return paths;
}

function conflict({ source, target }: LandWish, paths: string[]): LandOutcome {
  return {
    status: "conflict",
    message: `branches ${source} and ${target} changed the same files`,
    hint: "",
    paths,
  };
}
