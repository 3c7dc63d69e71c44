import { setTimeout as sleep } from "node:timers/promises";
import type { DraftRef, PublishOutcome } from "../store.ts";
import type { CommitText, LakefsApi } from "./api.ts";
import { DRAFT_KEY } from "./draft-branch.ts";
import { Refusal } from "./errors.ts";
import { isAncestorOf } from "./newer.ts";
import { dirtyOutcome, goneOutcome, protectedOutcome } from "./outcomes.ts";
import { countPending } from "./pending.ts";
import type { Repository } from "./repository.ts";

/** Merges the draft's commit into its target; `conflict` where the target changed the same paths meanwhile. */
export async function mergeDraft(
  repository: Repository,
  ref: DraftRef,
  commit: string,
  text: CommitText,
): Promise<PublishOutcome | "conflict"> {
  const { api, ctx, timing } = repository;
  const giveUp = ctx.now().getTime() + timing.dirtyMs;

  for (;;) {
    try {
      return {
        status: "published",
        commit: await api.merge(commit, ref.branch, text),
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;

      // An earlier try may have got through although its answer was lost: the branch says whether it did.
      const merged = await findMerge(api, ref, commit);
      if (merged) return { status: "published", commit: merged };
      if (error.kind === "conflict") return "conflict";
      if (error.kind === "protected")
        return protectedOutcome(ref.branch, error.message);

      if (
        error.kind === "missing" &&
        (await api.getBranch(ref.branch)) === null
      )
        return goneOutcome(ref.branch);

      if (error.kind !== "dirty") throw error;
    }

    // Somebody else's commit on the target looks the same for a moment.
    const { inputs, elsewhere } = await countPending(api, ref.branch, "");
    if (ctx.now().getTime() >= giveUp)
      return dirtyOutcome(repository.name, ref.branch, inputs + elsewhere);

    await sleep(
      inputs + elsewhere > 0 ? Math.min(1_000, timing.dirtyMs / 4) : 50,
    );
    ctx.signal.throwIfAborted();
  }
}

/** The commit by which the target took the draft's commit in, or null where it did not. */
async function findMerge(
  api: LakefsApi,
  ref: DraftRef,
  commit: string,
): Promise<string | null> {
  const head = await api.getBranch(ref.branch);
  if (head === null || !(await isAncestorOf(api, commit, head))) return null;

  const log = await api.logCommits(head, 100);

  return (
    log.find(
      ({ metadata, parents }) =>
        metadata[DRAFT_KEY] === ref.id && parents.includes(commit),
    )?.id ?? head
  );
}
