import { readDatasetWish } from "../config/dataset-options.ts";
import { readHandover } from "../config/handover-settings.ts";
import { settingsOf } from "../config/model-settings.ts";
import { readPromoteSettings } from "../config/promote-options.ts";
import type { Context } from "../context.ts";
import { toJson } from "../document/document.ts";
import { type AppError, UsageError } from "../errors.ts";
import { planEngines, repositoryConfig } from "../plan/plan-inputs.ts";
import { checkHandovers } from "../registry/handover/tools.ts";
import { openTarget } from "../registry/open-target.ts";
import { pointBack } from "../registry/promote.ts";
import { promotedSoFar } from "../registry/promoted-so-far.ts";
import type { Promotion } from "../registry/promotion.ts";
import type { ModelKey } from "../registry/release.ts";
import type { RegistryTarget } from "../registry/target.ts";
import { renderPromoteNote } from "../report/promote-note.ts";
import { sayingWhatStands } from "../what-stands.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { promoteData } from "./promote/promote-data.ts";
import { type PromoteJob, promoteRelease } from "./promote/promote-release.ts";
import { keyOf } from "./promote/promotion-wish.ts";
import { sendPromoteNote } from "./promote/send-promote-note.ts";
import { writePromotion } from "./promote/write-promotion.ts";
import { registryMustBeApart } from "./run/apart-from-store.ts";
import { clearOutput, OF_PROMOTE } from "./run/clear-output.ts";
import { inOwnOutput } from "./run/own-output.ts";
import { writeErrorReports } from "./run/write-error-reports.ts";
import { withSession } from "./session.ts";

/**
 * Gives a landed, proved model a version, and writes it to a registry; or lets an alias name the earlier version again; or
 * writes a folder of data there.
 */
export function promoteModel(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  return inOwnOutput(ctx, flags, () => promoteCleared(ctx, io, flags));
}

async function promoteCleared(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const out = await clearOutput(ctx, flags, OF_PROMOTE);
  let failure: AppError | null = null;

  try {
    const wish = readDatasetWish(flags, ctx.environment);
    refuseOtherRef(ctx);
    if (wish) return await promoteData(ctx, io, flags, { wish, out });

    const wishes = readPromoteSettings(flags, ctx.environment);
    await withSession(ctx, io, flags, async ({ settings, store }) => {
      failure = await inRegistry(ctx, io, { wishes, settings, store, out });
    });
  } catch (error) {
    await writeErrorReports(ctx, out, error);
    throw error;
  }

  // The reports of the version are written: they say of the hand-over, too.
  if (failure) throw failure;
}

/** What is not merged has landed nowhere. A tag is of the default branch, or a person made it so. */
function refuseOtherRef({ environment }: Pick<Context, "environment">): void {
  const { inCi, tag, branch, defaultBranch } = environment.ci;
  if (!inCi || tag || defaultBranch === null || branch === defaultBranch)
    return;

  throw new UsageError(
    `a promotion runs on the default branch ${defaultBranch} or on a tag, not on ${branch ?? "a merge request"}`,
    {
      code: "not-default-branch",
      hint: "keep the rules of the template promote, or run it on the default branch only",
    },
  );
}

async function inRegistry(
  ctx: Context,
  io: CommandIo,
  job: PromoteJob,
): Promise<AppError | null> {
  const { wishes } = job;
  registryMustBeApart(wishes.to, job.settings.store);
  const engines = await planEngines(ctx);
  const layer = await repositoryConfig(ctx, job.settings.config, engines);
  const { release, handover } = settingsOf(wishes.model, layer ? [layer] : []);
  const handovers = handover.map(readHandover);
  const key = keyOf(wishes, release);
  const target = await openTarget(ctx, wishes.to, job.settings.tokenVariable);

  try {
    if (wishes.back) {
      await back(ctx, io, target, { key, job });
      return null;
    }

    if (!wishes.dryRun) {
      await checkHandovers(ctx, target, handovers);
      await target.verify(wishes);
    }
    const samples = new Map(
      engines.map(({ engine }) => [engine.name, sampleGlobs(engine.accepts)]),
    );
    const { promotion, failure } = await promoteRelease(ctx, target, {
      ...{ key, job, release, samples, handovers },
    });

    await sayingWhatStands(
      () => promotedSoFar(promotion),
      () => tell(ctx, io, job, promotion),
    );
    return failure;
  } finally {
    await target.close();
  }
}

/** Document, reports, lines and note. */
async function tell(
  ctx: Context,
  io: CommandIo,
  job: PromoteJob,
  promotion: Promotion,
): Promise<void> {
  const note = renderPromoteNote(promotion, {
    ...{ jobUrl: ctx.environment.ci.jobUrl, docs: ctx.docs },
    version: ctx.version,
  });
  const lines = await writePromotion(job.out, promotion, note);
  if (job.settings.json) io.print(toJson(promotion));
  for (const line of lines) ctx.log.info(line);
  await sendPromoteNote(ctx, job, promotion, note);
}

async function back(
  ctx: Context,
  io: CommandIo,
  target: RegistryTarget,
  { key, job }: { key: ModelKey; job: PromoteJob },
): Promise<void> {
  const { alias } = job.wishes;
  const { release, was } = await pointBack(target, key, alias);

  ctx.log.info(
    `${alias} of ${key.name} named ${was}, and names ${release} again`,
  );
  if (job.settings.json) io.print(toJson({ alias, release, was }));
}

function sampleGlobs(
  accepts: readonly { role: string; glob: string }[],
): string[] {
  return accepts
    .filter(({ role }) => role === "sample")
    .map(({ glob }) => glob);
}
