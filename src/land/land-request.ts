import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import type { MergedRequest } from "../gitlab/merged-requests.ts";
import { noteTexts, requestPipelineState } from "../gitlab/request-state.ts";
import { nearBranches } from "../plan/near-branch.ts";
import { type Examination, examine } from "./examine.ts";
import {
  BRANCH_KEY,
  LANDED_KEY,
  type LandedRequest,
  type LandJob,
  REQUEST_KEY,
} from "./landing.ts";
import { landingText } from "./landing-text.ts";
import { commitToLand } from "./pinned-commit.ts";
import { type Refusal, refusalOf, storeRefusal } from "./refusal.ts";

const LONGEST_PAUSE_MS = 10_000;
const SHORTEST_PAUSE_MS = 300;
/** Where nobody says whether a pipeline still runs, a red one must not hold up the job for long. */
const BLIND_MS = 30_000;

/** Lands the data branch of one merged merge request, or says why not. Deleting the branch is a later step. */
export async function landRequest(
  ctx: Context,
  job: LandJob,
  request: MergedRequest,
): Promise<LandedRequest> {
  const source = mapBranchName(request.sourceBranch, request.fork);
  const result = emptyResult(request);
  if (request.fork !== null) return fromFork(job, request, result);
  if (source === job.target)
    return nothing(result, `its data branch ${source} is the target itself`);

  const head = await job.store.head(source);
  if (head === null) return branchMissing(job, request, result);

  const earlier = await landedBefore(job, head);
  if (earlier) return { ...result, ...earlier, commit: head };

  await warnOfUncommitted(ctx, job, source);

  const { at, examination, refusal } = await examineUntilDecided(
    ctx,
    job,
    request,
    source,
  );

  const checked = { ...result, commit: at, models: examination?.models ?? [] };
  if (refusal || !examination) return refuse(checked, refusal ?? GONE(source));

  if (job.mode === "off")
    return {
      ...checked,
      status: "off",
      code: "off",
      ...byHand(job, source, at),
    };

  const outcome = await job.store.land({
    source,
    at,
    target: job.target,
    models: examination.changes,
    ...landingText(job, request, source, at, examination.models),
  });
  if (!("commit" in outcome))
    return refuse(checked, storeRefusal(job, source, outcome));

  return {
    ...checked,
    status: "landed",
    code: outcome.status,
    landed: outcome.commit,
  };
}

/** The usual reason why "my model was not landed". */
async function warnOfUncommitted(
  ctx: Pick<Context, "log">,
  { store, settings }: LandJob,
  source: string,
): Promise<void> {
  const { inputs, elsewhere } = await store.pending(
    source,
    `${settings.modelPath}/`,
  );
  if (inputs + elsewhere > 0)
    ctx.log.warn(
      `the data branch ${source} holds uncommitted objects (${inputs + elsewhere}): they are not landed`,
    );
}

interface Decided {
  at: string;
  examination: Examination | null;
  refusal: Refusal | null;
}

/** Looks again while a pipeline of the merge request may still bring the verdict, but not for ever. */
async function examineUntilDecided(
  ctx: Context,
  job: LandJob,
  request: MergedRequest,
  source: string,
): Promise<Decided> {
  const start = ctx.now().getTime();
  const pause = Math.min(
    LONGEST_PAUSE_MS,
    Math.max(SHORTEST_PAUSE_MS, job.waitMs / 20),
  );

  for (let said = false; ; said = true) {
    // Asked before the store is read: a verdict that comes in between is then seen.
    const waiting = await mayStillCome(job, request, source);
    const head = await job.store.head(source);
    if (head === null)
      return { at: "", examination: null, refusal: GONE(source) };

    const at = await commitToLand(ctx, job, source, head);
    const examination = await examine(ctx, job, source, at);
    const refusal = refusalOf(job, request, source, examination);
    if (!refusal?.curable || waiting === null)
      return { at, examination, refusal };
    if (ctx.now().getTime() + pause > start + waiting.limitMs)
      return { at, examination, refusal: outOfTime(refusal, waiting) };

    if (!said)
      ctx.log.info(
        `!${request.iid}: not yet: ${refusal.reason}; waiting, for ${waiting.why}`,
      );

    await sleep(pause, undefined, { signal: ctx.signal }).catch(() =>
      ctx.signal.throwIfAborted(),
    );
  }
}

interface Waiting {
  why: string;
  limitMs: number;
}

/** What may still bring a verdict, or null. */
async function mayStillCome(
  job: LandJob,
  { iid }: MergedRequest,
  source: string,
): Promise<Waiting | null> {
  const limitMs = job.waitMs;
  if (limitMs <= 0) return null;

  const state = await requestPipelineState(job.client, iid);
  if (state === "active")
    return { why: "a pipeline of the merge request still runs", limitMs };

  for await (const { branch } of job.store.drafts())
    if (branch === source)
      return { why: "a run is publishing into the branch", limitMs };

  if (state === "ended") return null;

  return {
    why: "this token does not see whether its pipeline still runs",
    limitMs: Math.min(limitMs, BLIND_MS),
  };
}

function outOfTime(refusal: Refusal, { why, limitMs }: Waiting): Refusal {
  return {
    ...refusal,
    reason: `${refusal.reason} (waited ${Math.round(limitMs / 1000)} s: ${why})`,
  };
}

/** The commit is part of the target already: by an earlier try of this job, or because it never left. */
async function landedBefore(
  { store, target }: LandJob,
  head: string,
): Promise<Partial<LandedRequest> | null> {
  const landed = await store.findCommit(target, { [LANDED_KEY]: head });
  if (landed) return { status: "already", code: "already", landed };

  const at = await store.head(target);
  if (at === null || (await store.isAncestor(head, at)) !== true) return null;

  return {
    status: "nothing",
    code: "nothing",
    reason: `${target} holds all of the data branch already`,
  };
}

/** Most merge requests touch no model and never had a data branch; what was landed and deleted is found by its traces. */
async function branchMissing(
  job: LandJob,
  request: MergedRequest,
  result: LandedRequest,
): Promise<LandedRequest> {
  const { iid } = request;
  const source = result.data_branch;
  const landed = await job.store.findCommit(job.target, {
    [BRANCH_KEY]: source,
    [REQUEST_KEY]: String(iid),
  });
  if (landed) return { ...result, status: "already", code: "already", landed };

  const notes = await noteTexts(job.client, iid);
  const converted = notes.some(
    (text) =>
      text.includes("model-to-edge:note") &&
      text.includes(`\`${source}\` at \``),
  );
  if (converted || job.settings.missingBranch === "fail")
    return refuse(result, GONE(source));

  const near = await nearBranches(job.store, source);
  const meant = near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "";

  return nothing(
    result,
    `${job.store.url} has no branch ${source}: nothing to land${meant}`,
  );
}

async function fromFork(
  job: LandJob,
  request: MergedRequest,
  result: LandedRequest,
): Promise<LandedRequest> {
  const names = [
    result.data_branch,
    mapBranchName(request.sourceBranch),
  ].filter((name) => name !== job.target);

  const heads = await Promise.all(names.map((name) => job.store.head(name)));

  if (heads.every((head) => head === null))
    return nothing(
      result,
      `it came from a fork, and ${job.store.url} has no branch ${result.data_branch}`,
    );

  return refuse(result, {
    code: "fork",
    reason:
      "it came from a fork: nothing that a fork's pipeline said counts as a verdict",
    next: `look at the model, commit it to a data branch of this project, and open a merge request for it here`,
    paths: [],
  });
}

const GONE = (source: string): Refusal => ({
  code: "branch-gone",
  reason: `the data branch ${source} is gone`,
  next: "find its last commit in the pipeline's note or report, make the branch again from it (lakectl branch create … --source COMMIT), and retry this job",
  paths: [],
});

function byHand(
  { store, target }: LandJob,
  source: string,
  at: string,
): Pick<LandedRequest, "reason" | "next"> {
  const command = store.mergeCommand(at, target, false);
  return {
    reason: "landing is off: a person does it",
    next: command ?? `take over the models of branch ${source}`,
  };
}

function refuse(
  result: LandedRequest,
  { code, reason, next, paths }: Refusal,
): LandedRequest {
  return { ...result, status: "refused", code, reason, next, paths };
}

function nothing(result: LandedRequest, reason: string): LandedRequest {
  return { ...result, status: "nothing", code: "nothing", reason };
}

/** What is known before anything was looked at. */
export function emptyResult({
  iid,
  url,
  sourceBranch,
  fork,
}: MergedRequest): LandedRequest {
  return {
    iid,
    url,
    source_branch: sourceBranch,
    data_branch: mapBranchName(sourceBranch, fork),
    status: "nothing",
    code: "",
    reason: null,
    next: null,
    commit: null,
    landed: null,
    models: [],
    paths: [],
    data_branch_kept: null,
  };
}
