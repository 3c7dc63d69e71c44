import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import type { MergedRequest } from "../gitlab/merged-requests.ts";
import { errorPage } from "../text/docs-address.ts";
import { sayingWhatStands } from "../what-stands.ts";
import { branchMissing, fromFork } from "./branch-missing.ts";
import { checkAgain } from "./check-again.ts";
import { emptyResult, nothing, refuse } from "./land-result.ts";
import {
  coveredBefore,
  landedBefore,
  sinceFirstLook,
} from "./landed-before.ts";
import type { LandedRequest, LandJob } from "./landing.ts";
import { landingText } from "./landing-text.ts";
import { branchGone, refusalOf, storeRefusal } from "./refusal.ts";
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

  const first = { request, result, source, head };
  try {
    const landing = await landHead(ctx, job, first);
    if (landing.status !== "refused") return landing;

    return (await lookAgain(job, first)) ?? landing;
  } catch (error) {
    if (!(error instanceof AppError) || ctx.signal.aborted) throw error;

    const found = await lookAgain(job, first).catch((second: unknown) => {
      // What failed first is what people need to know.
      throw second instanceof AppError ? error : second;
    });
    if (found === null) throw error;

    ctx.log.info(
      `!${request.iid}: the data branch ${source} changed while it was landed: ${error.message}`,
    );
    return found;
  }
}

interface FirstLook {
  request: MergedRequest;
  /** What is known without the store. */
  result: LandedRequest;
  source: string;
  /** Of the data branch. */
  head: string;
}

/** Another job may have landed the branch, and removed it, at any moment since the first look. */
async function lookAgain(
  job: LandJob,
  { request, result, source, head }: FirstLook,
): Promise<LandedRequest | null> {
  const since = await sinceFirstLook(job, request, { source, head });
  if (since === null) return null;

  const seen = { ...result, commit: head };
  return since === "gone"
    ? refuse(seen, branchGone(job, source))
    : { ...seen, ...since };
}

async function landHead(
  ctx: Context,
  job: LandJob,
  { request, result, source, head }: FirstLook,
): Promise<LandedRequest> {
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
    return refuse(seen, refusal ?? branchGone(job, source));
  if (examination.models.length === 0) {
    const meanwhile = await landedBefore(job, head);
    if (meanwhile) return { ...result, ...meanwhile, commit: head };
  }
  const covered = await coveredBefore(job, head, examination.models);
  if (covered) return { ...result, ...covered, commit: head };

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

  const text = landingText(job, request, { source, at, models });
  const outcome = await sayingWhatStands(
    () =>
      `landing !${request.iid} on branch ${job.target} had begun, and may be done: run it again, and it finds out`,
    () =>
      job.store.land({
        ...{ source, at, target: job.target, ...text },
        models: examination.changes,
      }),
  );
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
