import type { Context } from "../context.ts";
import { errorPage } from "../docs-address.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import type { MergedRequest } from "../gitlab/merged-requests.ts";
import type { Marker } from "../gitlab/note-marker.ts";
import { noteMarkers } from "../gitlab/request-state.ts";
import { nearBranches } from "../plan/near-branch.ts";
import { checkAgain } from "./check-again.ts";
import {
  BRANCH_KEY,
  LANDED_KEY,
  type LandedRequest,
  type LandJob,
  REQUEST_KEY,
} from "./landing.ts";
import { landingText } from "./landing-text.ts";
import {
  branchGone,
  type Refusal,
  refusalOf,
  storeRefusal,
} from "./refusal.ts";
import { undoReverted } from "./undo-reverted.ts";
import { waitForVerdict } from "./wait-for-verdict.ts";

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
    return nothing(
      result,
      `its data branch ${source} is the target branch itself`,
    );

  const head = await job.store.head(source);
  if (head === null)
    return (
      (await undoReverted(ctx, job, request, result)) ??
      branchMissing(job, request, result)
    );

  const earlier = await landedBefore(job, head);
  if (earlier) return { ...result, ...earlier, commit: head };

  await warnOfUncommitted(ctx, job, source);

  const { at, examination, refusal } = await waitForVerdict(
    ctx,
    job,
    request,
    source,
  );

  const seen = { ...result, commit: at, models: examination?.models ?? [] };
  if (refusal || !examination)
    return refuse(seen, refusal ?? branchGone(source));

  const models = await checkAgain(ctx, job, { source, at, examination });
  const checked = { ...seen, models };
  const found = refusalOf(job, request, source, { models, conflicts: [] });
  if (found) return refuse(checked, found);

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
    ...landingText(job, request, {
      source,
      at,
      models,
    }),
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
      `the data branch ${source} has uncommitted objects (${inputs + elsewhere}): they are not landed`,
      errorPage("uncommitted"),
    );
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
    reason: `${target} already contains everything on the data branch`,
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

  const markers = await noteMarkers(job.client, iid);
  const converted = markers.some((marker) => tellsOf(marker, source));
  if (converted || job.settings.missingBranch === "fail")
    return refuse(result, branchGone(source));

  const near = await nearBranches(job.store, source);
  const meant = near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "";

  return nothing(
    result,
    `${job.store.url} has no branch ${source}: nothing to land${meant}`,
  );
}

/** A run looked at a commit of the branch; a note without facts may tell of it, so that it counts. */
function tellsOf({ facts }: Marker, source: string): boolean {
  if (facts === null) return true;
  return (
    facts.kind === "run" && facts.branch === source && facts.commit !== null
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
      "it came from a fork: a verdict of a fork's pipeline is not trusted",
    next: `review the model, commit it to a data branch of this project, and open a merge request for it here`,
    paths: [],
  });
}

function byHand(
  { store, target }: LandJob,
  source: string,
  at: string,
): Pick<LandedRequest, "reason" | "next"> {
  const command = store.mergeCommand(at, target, false);
  return {
    reason: "landing is switched off: a person must land it",
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
