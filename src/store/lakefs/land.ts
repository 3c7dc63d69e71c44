import { setTimeout as sleep } from "node:timers/promises";
import type { DeleteOutcome, LandOutcome, LandWish } from "../store.ts";
import type { CommitFacts, LakefsApi } from "./api.ts";
import { Refusal } from "./errors.ts";
import { isAncestorOf } from "./newer.ts";
import { dirtyOutcome, goneOutcome, protectedOutcome } from "./outcomes.ts";
import { countPending } from "./pending.ts";
import type { Repository } from "./repository.ts";

/** How far back the log of a branch is read for a landing of an earlier try. */
const LOG = 1000;

/**
 * Merges a commit, not a branch: what was pushed after the check stays behind. After a lost answer, and before any
 * refusal counts, the target is asked whether it took the commit in already.
 */
export async function landCommit(
  repository: Repository,
  wish: LandWish,
): Promise<LandOutcome> {
  const { api, ctx, timing } = repository;
  const { at, target, message, metadata } = wish;
  const giveUp = ctx.now().getTime() + timing.dirtyMs;

  for (;;) {
    try {
      return {
        status: "landed",
        commit: await api.merge(at, target, { message, metadata }),
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;

      const head = await api.getBranch(target);
      if (head === null) return refused(goneOutcome(target));

      if (await isAncestorOf(api, at, head)) {
        const merge = (await api.logCommits(head, LOG)).find(({ parents }) =>
          parents.includes(at),
        );
        return { status: "landed", commit: merge?.id ?? head };
      }

      if (error.kind === "no-changes")
        return { status: "unchanged", commit: head };
      if (error.kind === "conflict")
        return conflict(wish, await conflictPaths(api, at, target));
      if (error.kind === "protected")
        return refused(protectedOutcome(target, error.message));
      if (error.kind !== "dirty") throw error;
    }

    // Somebody else's commit on the target looks the same for a moment.
    const { inputs, elsewhere } = await countPending(api, target, "");
    if (ctx.now().getTime() >= giveUp)
      return refused(dirtyOutcome(repository.name, target, inputs + elsewhere));

    await sleep(
      inputs + elsewhere > 0 ? Math.min(1_000, timing.dirtyMs / 4) : 50,
    );
    ctx.signal.throwIfAborted();
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

  const { inputs, elsewhere } = await countPending(api, branch, "");
  if (inputs + elsewhere > 0) return "uncommitted";

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

function refused(outcome: {
  status: string;
  message?: string;
  hint?: string;
}): LandOutcome {
  const { status, message = "", hint = "" } = outcome;
  return {
    status: status as "dirty" | "gone" | "protected",
    message,
    hint,
    paths: [],
  };
}
