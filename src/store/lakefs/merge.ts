import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "../transfer/errors.ts";
import type { LakefsApi } from "./api.ts";
import type { CommitText, MergeWay } from "./commit-calls.ts";
import { isAncestorOf } from "./newer.ts";
import {
  dirtyOutcome,
  goneOutcome,
  hookOutcome,
  type Obstacle,
  protectedOutcome,
} from "./outcomes.ts";
import { countPending } from "./pending.ts";
import type { Repository } from "./repository.ts";

/** How far back the log of a branch is read for a merge of an earlier try. */
const LOG = 1000;

export interface MergeWish {
  /** A commit, not a branch: what is pushed meanwhile stays behind. */
  commit: string;
  target: string;
  text: CommitText;
  strategy?: MergeWay["strategy"];
}

export type MergeOutcome =
  | { status: "merged"; commit: string }
  /** The target at this commit holds all of it already. */
  | { status: "unchanged"; commit: string }
  /** The target changed the same paths. */
  | { status: "conflict" }
  | Obstacle<"dirty" | "gone" | "protected">;

/**
 * Makes a commit part of a branch. After a lost answer, and before any refusal counts, the branch is asked whether it
 * took the commit in already; while it holds uncommitted objects, which may be another run's commit under way, it is
 * waited for.
 */
export async function mergeCommit(
  repository: Repository,
  wish: MergeWish,
): Promise<MergeOutcome> {
  const { api, ctx, timing } = repository;
  const { commit, target, text, strategy } = wish;
  const how = strategy ? { strategy } : {};
  const giveUp = ctx.now().getTime() + timing.dirtyMs;

  for (;;) {
    try {
      return {
        status: "merged",
        commit: await api.merge(commit, target, text, how),
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;

      const outcome = await outcomeOf(repository, wish, error);
      if (outcome) return outcome;
    }

    const { inputs, elsewhere } = await countPending(api, target, "");
    const pending = inputs + elsewhere;
    if (ctx.now().getTime() >= giveUp)
      return dirtyOutcome(repository.name, target, pending);

    // Somebody else's commit on the target looks the same for a moment.
    await sleep(pending > 0 ? Math.min(1_000, timing.dirtyMs / 4) : 50);
    ctx.signal.throwIfAborted();
  }
}

/** What a refusal comes to; null where it is worth another look. Throws what is not an outcome of a merge. */
async function outcomeOf(
  { api, ctx }: Repository,
  { commit, target }: MergeWish,
  refusal: Refusal,
): Promise<MergeOutcome | null> {
  const head = await api.getBranch(target);
  if (head === null) return goneOutcome(target);

  if (await isAncestorOf(api, commit, head)) {
    const merge = await mergeOf(api, commit, head);
    ctx.log.info(
      `branch ${target} has this change already (commit ${merge}): another job made the merge, or an earlier try whose answer was lost`,
    );
    return { status: "merged", commit: merge };
  }

  switch (refusal.kind) {
    case "no-changes":
      return { status: "unchanged", commit: head };
    case "conflict":
      return { status: "conflict" };
    case "protected":
      return protectedOutcome(target, refusal.message);
    case "dirty":
      return null;
    case "hook": {
      const outcome = hookOutcome(target, refusal.message);
      if (outcome) return outcome;
      throw refusal;
    }
    default:
      throw refusal;
  }
}

/** The commit by which a branch took another one in; the branch's head where that is not a merge, or long ago. */
async function mergeOf(
  api: LakefsApi,
  commit: string,
  head: string,
): Promise<string> {
  const log = await api.logCommits(head, LOG);
  return log.find(({ parents }) => parents.includes(commit))?.id ?? head;
}
