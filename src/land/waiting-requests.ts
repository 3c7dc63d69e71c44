import type { Context } from "../context.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import { earlierMerges } from "../gitlab/earlier-merges.ts";
import { GitlabError, isOutage } from "../gitlab/gitlab-error.ts";
import {
  inOrderOfMerge,
  type MergedRequest,
  type Push,
} from "../gitlab/merged-requests.ts";
import { LANDING_PAGE } from "../text/docs-address.ts";
import { BRANCH_KEY, type LandJob, REQUEST_KEY } from "./landing.ts";

type Question = Pick<LandJob, "client" | "store" | "target">;

/**
 * What this push merged, and before it every earlier merge whose data branch still waits: landing is a state, so a
 * pipeline that was cancelled, skipped or never started loses nothing. In the order in which they were merged.
 */
export async function waitingRequests(
  ctx: Pick<Context, "log" | "now">,
  job: Question,
  push: Push,
  pushed: readonly MergedRequest[],
): Promise<MergedRequest[]> {
  const known = new Set(pushed.map(({ iid }) => iid));
  const earlier = await askForEarlier(ctx, job, push);
  const waiting: MergedRequest[] = [];

  const heads = await dataBranches(job);
  for (const request of earlier.filter(({ iid }) => !known.has(iid)))
    if (await isWaiting(ctx, job, heads, request)) waiting.push(request);

  for (const { iid, mergedAt } of waiting)
    ctx.log.info(
      `!${iid} was merged at ${mergedAt}, but its data branch was not landed yet: landing it now`,
    );

  return [...waiting, ...pushed].sort(inOrderOfMerge);
}

/** Where the token may not list them, it is said: nobody must think that nothing waits. */
async function askForEarlier(
  ctx: Pick<Context, "log" | "now">,
  { client }: Question,
  push: Push,
): Promise<MergedRequest[]> {
  try {
    return await earlierMerges(client, push, ctx.now());
  } catch (error) {
    if (!(error instanceof GitlabError) || isOutage(error)) throw error;

    ctx.log.warn(
      `only the merges of this push are checked: ${error.message}; a token with scope read_api (input token-variable) also finds earlier ones that were missed`,
      LANDING_PAGE,
    );

    return [];
  }
}

async function dataBranches({
  store,
  target,
}: Question): Promise<ReadonlyMap<string, string>> {
  const heads = new Map<string, string>();
  for await (const { name, head } of store.branches())
    if (name !== target) heads.set(name, head);

  return heads;
}

/** It has a data branch that nobody landed, and that belongs to no newer request. */
async function isWaiting(
  ctx: Pick<Context, "log">,
  { client, store, target }: Question,
  heads: ReadonlyMap<string, string>,
  { iid, sourceBranch, fork }: MergedRequest,
): Promise<boolean> {
  const name = mapBranchName(sourceBranch, fork);
  const head = heads.get(name);
  if (head === undefined || fork !== null) return false;

  const landed = await store.findCommit(target, {
    [BRANCH_KEY]: name,
    [REQUEST_KEY]: String(iid),
  });
  if (landed !== null) return false;

  const at = await store.head(target);
  if (at !== null && (await store.isAncestor(head, at)) === true) return false;

  const open = await client.openFrom(sourceBranch);
  if (open.length === 0) return true;

  ctx.log.warn(
    `!${iid}: its data branch ${name} was not landed and now belongs to an open merge request of ${sourceBranch}: it will land with that one`,
    LANDING_PAGE,
  );

  return false;
}
