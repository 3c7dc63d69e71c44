import type { Context } from "../context.ts";
import { GitlabError, isOutage } from "../gitlab/gitlab-error.ts";
import type { MergedRequest } from "../gitlab/merged-requests.ts";
import { revertedRequests } from "../gitlab/reverted-requests.ts";
import { LANDING_PAGE } from "../text/docs-address.ts";
import type { LandedRequest, LandJob } from "./landing.ts";
import { type Undone, undoRequest } from "./undo-request.ts";

/**
 * Git's *Revert* makes a request without a data branch: its data lies in the request that it takes back. Null where it
 * reverts nothing that was landed.
 */
export async function undoReverted(
  ctx: Pick<Context, "log">,
  job: LandJob,
  request: MergedRequest,
  result: LandedRequest,
): Promise<LandedRequest | null> {
  const numbers = await askForReverted(ctx, job, request);
  const outcomes: Undone[] = [];

  for (const iid of numbers) {
    const outcome = await undoRequest(job, iid);
    if (outcome.status !== "nothing") outcomes.push(outcome);
  }

  const [first, ...others] = outcomes.sort(gravestFirst);
  if (!first) return null;

  const models = [first, ...others].flatMap((outcome) => outcome.models);
  return { ...result, ...first, models };
}

/** A refusal is what somebody must hear of. */
function gravestFirst(a: Undone, b: Undone): number {
  return Number(b.status === "refused") - Number(a.status === "refused");
}

async function askForReverted(
  { log }: Pick<Context, "log">,
  { client, gitBranch }: LandJob,
  { iid, projectId }: MergedRequest,
): Promise<number[]> {
  try {
    return await revertedRequests(
      client,
      { branch: gitBranch, projectId },
      iid,
    );
  } catch (error) {
    if (!(error instanceof GitlabError) || isOutage(error)) throw error;

    log.warn(
      `it is unknown whether !${iid} reverts an earlier merge request: ${error.message}; use a token with scope read_api (input token-variable)`,
      LANDING_PAGE,
    );

    return [];
  }
}
