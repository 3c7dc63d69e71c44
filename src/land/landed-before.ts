import type { MergedRequest } from "../gitlab/merged-requests.ts";
import {
  BRANCH_KEY,
  type JudgedModel,
  LANDED_KEY,
  type LandedRequest,
  type LandJob,
  REQUEST_KEY,
} from "./landing.ts";

type Job = Pick<LandJob, "store" | "target">;

/** The commit is part of the target already: by an earlier try, by another job, or because it never left. */
export async function landedBefore(
  { store, target }: Job,
  head: string,
): Promise<Partial<LandedRequest> | null> {
  const held = await heldBy({ store, target }, head);

  // Asked last: another job may land it between the questions.
  const landed = await store.findCommit(target, { [LANDED_KEY]: head });
  if (landed) return { status: "already", code: "already", landed };
  return held === "whole" ? nothingLeft(target) : null;
}

/**
 * The same for a store without history, where the examination tells what of the branch the target does not have: its
 * publication is part of the target, and covers every model of the branch.
 */
export async function coveredBefore(
  job: Job,
  head: string,
  models: readonly JudgedModel[],
): Promise<Partial<LandedRequest> | null> {
  if (models.some(({ state }) => state !== "green")) return null;

  return (await heldBy(job, head)) === "publication"
    ? nothingLeft(job.target)
    : null;
}

/**
 * What the target has of a commit. In a store without history it may have the publication, and not what was put into
 * `model/` since. Null for nothing, or where nobody can tell.
 */
async function heldBy(
  { store, target }: Job,
  head: string,
): Promise<"whole" | "publication" | null> {
  const at = await store.head(target);
  if (at === null || (await store.isAncestor(head, at)) !== true) return null;

  return (await store.base(head, at)) === null ? "publication" : "whole";
}

function nothingLeft(target: string): Partial<LandedRequest> {
  return {
    status: "nothing",
    code: "nothing",
    reason: `${target} already contains everything on the data branch`,
  };
}

/** The target's newest commit that landed the request's data branch, found without the branch; or null. */
export function landingOf(
  { store, target }: Job,
  { iid }: Pick<MergedRequest, "iid">,
  source: string,
): Promise<string | null> {
  return store.findCommit(target, {
    [BRANCH_KEY]: source,
    [REQUEST_KEY]: String(iid),
  });
}

/**
 * What became of a data branch that stood at `head` when this job first looked: `already` where another job landed it
 * since, `gone` where it was removed and nothing tells of a landing, null where neither is so.
 */
export async function sinceFirstLook(
  job: Job,
  request: Pick<MergedRequest, "iid">,
  { source, head }: { source: string; head: string },
): Promise<Partial<LandedRequest> | "gone" | null> {
  const before = await landedBefore(job, head);
  if (before?.status === "already") return before;
  if ((await job.store.head(source)) !== null) return null;

  const landed = await landingOf(job, request, source);
  return landed === null
    ? "gone"
    : { status: "already", code: "already", landed };
}
