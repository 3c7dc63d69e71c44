import { join } from "node:path";
import { loadTrust } from "../attest/trust.ts";
import type { Context } from "../context.ts";
import { convertAll } from "../convert/convert-all.ts";
import { hashFile } from "../disk/hash-file.ts";
import { writeDocument } from "../document/document.ts";
import { AppError } from "../errors.ts";
import { preparePlan } from "../plan/prepare-plan.ts";
import { discardDraft } from "../publish/end-draft.ts";
import { leftConversions } from "../publish/left-conversions.ts";
import { publishedSoFar } from "../publish/published-so-far.ts";
import { refuseUnsigned } from "../publish/refuse-unsigned.ts";
import { staysForRetry } from "../publish/stays-for-retry.ts";
import { renderLogOpening } from "../report/log-opening.ts";
import type { Store } from "../store/store.ts";
import { sweepDrafts } from "../store/sweep.ts";
import { sayRepeats } from "../store/transfer/watch-server.ts";
import { errorPage } from "../text/docs-address.ts";
import { CHECKS_VERSION } from "../validate/checks/registry.ts";
import { orNothingStands, sayingWhatStands } from "../what-stands.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { clearOutput, OF_RUN } from "./run/clear-output.ts";
import { doneBeside } from "./run/done-beside.ts";
import { finishRun } from "./run/finish-run.ts";
import { followPush } from "./run/follow-push.ts";
import { jobKey } from "./run/job-key.ts";
import { inOwnOutput } from "./run/own-output.ts";
import { publishTimed } from "./run/publish-timed.ts";
import { notingErrors } from "./run/send-note.ts";
import { writeErrorReports } from "./run/write-error-reports.ts";
import { writeModelPage } from "./run/write-model-page.ts";
import { type Session, withSession } from "./session.ts";

/** No job runs longer. */
const LEFT_BEHIND_MS = 24 * 3_600_000;

/** All four steps in one process. */
export function run(ctx: Context, io: CommandIo, flags: Flags): Promise<void> {
  return inOwnOutput(ctx, flags, () => runCleared(ctx, io, flags));
}

async function runCleared(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const out = await clearOutput(ctx, flags, OF_RUN);

  try {
    await orNothingStands(ctx, "nothing was published", () =>
      runInSession(ctx, io, flags),
    );
  } catch (error) {
    await writeErrorReports(ctx, out, error);
    throw error;
  }
}

function runInSession(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  return withSession(ctx, io, flags, async (session) => {
    if (await doneBeside(ctx, session.settings.tokenVariable)) return;

    const followed = await followPush(ctx, session.settings, session.store);
    if (followed === null) return;

    const { settings } = followed;
    await notingErrors(followed.ctx, settings, () =>
      runSteps(followed.ctx, io, { ...session, settings }),
    );
  });
}

async function runSteps(
  ctx: Context,
  io: CommandIo,
  { settings, out, store, shelf, timeLeft }: Session,
): Promise<void> {
  const seconds = stopwatch(ctx);
  const trust = await loadTrust(ctx, settings);
  const plan = await ctx.log.section("Plan", () =>
    preparePlan(ctx, {
      ...{ settings, store, shelf, checks: CHECKS_VERSION },
      proveBytes: true,
    }),
  );

  const planned = seconds();

  const planFile = join(out, "plan.json");
  await writeDocument(planFile, "plan", plan);
  const planId = await hashFile(planFile);
  for (const line of renderLogOpening(plan)) ctx.log.info(line);
  refuseUnsigned(plan, trust, settings);
  if (plan.draft) await sweepOwn(ctx, store, plan.draft.owner);

  const left = leftConversions(ctx, store, { plan, trust, settings });
  let staysThere = false;

  try {
    const models = await convertAll(ctx, {
      ...{ plan, planId, store, shelf, out },
      isolation: settings.isolation,
      jobs: settings.jobs,
      key: jobKey(ctx, settings),
      timeLeft,
      writeModelPage,
      left,
    });

    const converted = seconds();
    const publication = await ctx.log.section("Publish", () =>
      publishTimed(ctx, store, {
        ...{ plan, models, trust, out, settings },
        isKept: left !== null,
      }),
    );
    staysThere = staysForRetry(
      { plan, models, isKept: left !== null },
      publication.failure,
    );
    const publish = seconds() - converted;

    await sayingWhatStands(
      () => publishedSoFar(publication, plan.store.branch),
      async () => {
        await writeDocument(join(out, "publication.json"), "publication", {
          ...publication,
          plan: planId,
        });
        sayRepeats(ctx);
        await finishRun(ctx, io, settings, {
          ...{ out, plan, models, publication, store, shelf },
          spent: { total: seconds(), plan: planned, publish },
        });
      },
    );
  } finally {
    if (plan.draft && !staysThere)
      await discardDraft(ctx, store.draft(plan.draft));
  }
}

/** Seconds since it was made. */
function stopwatch(ctx: Pick<Context, "now">): () => number {
  const start = ctx.now().getTime();
  return () => (ctx.now().getTime() - start) / 1000;
}

/** What an earlier run of the same Git ref left behind when it was killed. Nothing of it is worth a failure. */
async function sweepOwn(
  ctx: Context,
  store: Store,
  owner: string,
): Promise<void> {
  try {
    await sweepDrafts(store, {
      olderThanMs: LEFT_BEHIND_MS,
      of: { owner },
      dryRun: false,
      now: ctx.now(),
      log: ctx.log,
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn(
      `old drafts were not removed: ${error.message}`,
      errorPage(error.code),
    );
  }
}
