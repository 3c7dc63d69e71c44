import { join } from "node:path";
import { loadTrust } from "../attest/trust.ts";
import { readLandSettings } from "../config/land-options.ts";
import type { Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { toJson, writeDocument } from "../document/document.ts";
import { UsageError } from "../errors.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import { LOOK_BACK_DAYS } from "../gitlab/earlier-merges.ts";
import {
  findMergedRequests,
  projectClient,
  readPush,
} from "../gitlab/merged-requests.ts";
import { readPipeline } from "../gitlab/pipeline.ts";
import { landAll } from "../land/land-all.ts";
import { landedSoFar } from "../land/landed-so-far.ts";
import type { LandDocument, LandJob } from "../land/landing.ts";
import { waitingRequests } from "../land/waiting-requests.ts";
import { CHECKS_VERSION } from "../validate/checks/registry.ts";
import { orNothingStands, sayingWhatStands } from "../what-stands.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { sendLandNotes } from "./land/send-land-notes.ts";
import {
  type LandReport,
  writeLandReports,
} from "./land/write-land-reports.ts";
import { clearOutput, OF_LAND } from "./run/clear-output.ts";
import { inOwnOutput } from "./run/own-output.ts";
import { writeErrorReports } from "./run/write-error-reports.ts";
import { type Session, withSession } from "./session.ts";

/** After a push to the default branch: the data branches of what it merged become part of the target's. */
export function land(ctx: Context, io: CommandIo, flags: Flags): Promise<void> {
  return inOwnOutput(ctx, flags, () => landCleared(ctx, io, flags));
}

async function landCleared(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const out = await clearOutput(ctx, flags, OF_LAND);

  try {
    await orNothingStands(ctx, "nothing was landed", () =>
      landInSession(ctx, io, flags),
    );
  } catch (error) {
    await writeErrorReports(ctx, out, error);
    throw error;
  }
}

function landInSession(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const { targetBranch, ...wishes } = readLandSettings(flags, ctx.environment);
  return withSession(
    ctx,
    io,
    flags,
    async ({ settings, out, store }: Session) => {
      const push = readPush(ctx.environment.ci);
      refuseOtherBranch(ctx, push.branch);

      const pipeline = readPipeline(ctx.environment.ci, { modelBranch: null });
      const target = targetBranch ?? mapBranchName(push.branch);

      await store.verify();

      if ((await store.head(target)) === null)
        throw new UsageError(
          `${store.url} has no branch ${target} to land in`,
          {
            code: "branch-missing",
            hint: "create it, or name another branch with `--target-branch` (input target-branch)",
          },
        );

      const client = await projectClient(ctx, push, settings.tokenVariable);
      const pushed = await findMergedRequests(ctx, client, push);
      const requests = await waitingRequests(
        ctx,
        { client, store, target },
        push,
        pushed,
      );

      if (requests.length === 0)
        ctx.log.info(
          `nothing to land: no merge request belongs to commit ${push.sha}, and none of the last ${LOOK_BACK_DAYS} days is waiting`,
        );

      const { git_sha: gitSha, pipeline_url: pipelineUrl } = pipeline.source;
      const job: LandJob = {
        ...wishes,
        ...{ settings, store, client, out, target, gitSha, pipelineUrl },
        gitBranch: push.branch,
        checks: CHECKS_VERSION,
      };

      const document: LandDocument = await landAll(ctx, job, requests);

      await sayingWhatStands(
        () => landedSoFar(document.requests, target),
        () => tell(ctx, { document, store, pipeline, settings, out }),
      );
      if (settings.json) io.print(toJson(document));

      io.exit(document.exit_code);
    },
  );
}

/** Document, reports and notes. */
async function tell(
  ctx: Context,
  landed: Omit<LandReport, "hasKey"> & { settings: Settings },
): Promise<void> {
  const { out, document, settings } = landed;
  await writeDocument(join(out, "land.json"), "land", document);
  const { keys } = await loadTrust(ctx, { ...settings, unsigned: true });
  const report = { ...landed, hasKey: keys.length > 0 };

  await writeLandReports(ctx, report);
  if (settings.note !== "off") await sendLandNotes(ctx, report);
}

function refuseOtherBranch(
  { environment }: Pick<Context, "environment">,
  branch: string,
): void {
  const main = environment.ci.defaultBranch;
  if (!main || main === branch) return;
  throw new UsageError(
    `landing runs on the default branch ${main}, not on ${branch}`,
    {
      code: "not-default-branch",
      hint: "keep the rules of the template land, or run it on the default branch only",
    },
  );
}
