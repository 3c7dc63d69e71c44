import type { Context } from "../context.ts";
import { AppError, EXIT, type ExitCode, toFailure } from "../errors.ts";
import type { MergedRequest } from "../gitlab/merged-requests.ts";
import { LANDING_HELP, LANDING_PAGE } from "../text/docs-address.ts";
import { sayingWhatStands } from "../what-stands.ts";
import { lookAtTarget, tidyBranch } from "./after-landing.ts";
import { landRequest } from "./land-request.ts";
import { emptyResult } from "./land-result.ts";
import { landedSoFar } from "./landed-so-far.ts";
import type { LandDocument, LandedRequest, LandJob } from "./landing.ts";

/** Lands what a push merged, one merge request after the other. One that is refused does not hold up the next. */
export async function landAll(
  ctx: Context,
  job: LandJob,
  requests: readonly MergedRequest[],
): Promise<LandDocument> {
  const results: { result: LandedRequest; exitCode: ExitCode }[] = [];
  const soFar = () =>
    landedSoFar(
      results.map(({ result }) => result),
      job.target,
    );

  for (const request of requests)
    results.push(
      await sayingWhatStands(soFar, () =>
        ctx.log.section(`Land !${request.iid} (${request.sourceBranch})`, () =>
          landOne(ctx, job, request),
        ),
      ),
    );

  const landed = results
    .map(({ result }) => result)
    .filter((result) => result.landed !== null);

  const names = new Set(
    landed.flatMap(({ models }) => models.map(({ name }) => name)),
  );

  const target =
    landed.length === 0
      ? { notices: [], exitCode: EXIT.ok }
      : await sayingWhatStands(soFar, () =>
          ctx.log.section(`Look at ${job.target} again`, () =>
            lookAgain(ctx, job, names),
          ),
        );

  for (const notice of target.notices) ctx.log.warn(notice, LANDING_PAGE);
  const codes = [...results.map(({ exitCode }) => exitCode), target.exitCode];

  return {
    kind: "land",
    version: 2,
    store: { url: job.store.url, branch: job.target },
    git_sha: job.gitSha,
    requests: results.map(({ result }) => result),
    target_notices: target.notices,
    exit_code: gravest(codes),
  };
}

/** What was landed stands, whatever comes of this look. */
async function lookAgain(
  ctx: Context,
  job: LandJob,
  names: ReadonlySet<string>,
) {
  try {
    const { notices, uncovered } = await lookAtTarget(ctx, job, names);
    return { notices, exitCode: uncovered.length > 0 ? EXIT.check : EXIT.ok };
  } catch (error) {
    if (!(error instanceof AppError) || ctx.signal.aborted) throw error;
    return {
      notices: [`${job.target} could not be checked again: ${error.message}`],
      exitCode: error.exitCode,
    };
  }
}

async function landOne(ctx: Context, job: LandJob, request: MergedRequest) {
  try {
    const result = await landRequest(ctx, job, request);
    if (result.status !== "undone" && result.landed !== null)
      result.data_branch_kept = await tidyBranch(ctx, job, result);

    say(ctx, job, result);

    return {
      result,
      exitCode: result.status === "refused" ? EXIT.check : EXIT.ok,
    };
  } catch (error) {
    ctx.signal.throwIfAborted();

    const { code, message, hint } = toFailure(error);
    const result = {
      ...emptyResult(request),
      status: "failed",
      code,
      reason: message,
      next: hint || null,
    } as const;

    say(ctx, job, result);

    return {
      result,
      exitCode: error instanceof AppError ? error.exitCode : EXIT.bug,
    };
  }
}

function say(
  { log }: Pick<Context, "log">,
  { target }: LandJob,
  result: LandedRequest,
): void {
  const {
    iid,
    status,
    data_branch: branch,
    reason,
    next,
    landed,
    data_branch_kept: kept,
    models,
  } = result;

  if (status === "landed") {
    const what = models
      .map(({ name, state }) =>
        state === "removed" ? `${name} (removed)` : name,
      )
      .join(", ");
    log.info(
      `!${iid}: ${branch} landed on ${target}, commit ${landed}: ${what || "no models"}`,
    );
  } else if (status === "undone")
    log.info(`!${iid}: ${reason} on ${target}, commit ${landed}`);
  else if (status === "already")
    log.info(`!${iid}: ${branch} was landed before, commit ${landed}`);
  else if (status === "nothing") log.info(`!${iid}: ${reason}`);
  else if (status === "off") log.info(`!${iid}: ${reason}: ${next}`);
  else {
    const hint = next ? `\nhint: ${next}` : "";
    log.error(
      `!${iid}: ${branch} was not landed: ${reason}${hint}`,
      LANDING_HELP,
    );
  }

  if (kept) log.info(`the data branch ${branch} stays: ${kept}`);
}

/** As for models: our bug before the user's mistake before red before the outside world. */
function gravest(codes: readonly ExitCode[]): ExitCode {
  return (
    ([EXIT.bug, EXIT.usage, EXIT.check, EXIT.external] as const).find((code) =>
      codes.includes(code),
    ) ?? EXIT.ok
  );
}
