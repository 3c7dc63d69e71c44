import { resolve } from "node:path";
import { readSettings, type Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { ExternalError } from "../errors.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { belongsHere } from "./belongs-here.ts";
import type { CommandIo, Flags } from "./command-io.ts";

/** Left of a job's time for the clean-up and the upload of reports. */
const MARGIN_MS = 60_000;

export interface Session {
  settings: Settings;
  /** Absolute. */
  out: string;
  store: Store;
  /** Milliseconds until the deadline; a day where there is none. */
  timeLeft(): number;
}

/**
 * Settings, store and deadline: what every step begins with. The store is closed afterwards. Does nothing in a fork's
 * own pipeline; throws `UsageError` where the job is not the one that its settings are for.
 */
export async function withSession(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  if (!(await belongsHere(ctx))) return;

  const settings = readSettings(flags, ctx.environment);
  const end = ctx.now().getTime() + startDeadline(ctx, io, settings);
  const store = await openStore(ctx, settings.store, {
    webUrl: settings.storeWebUrl,
    s3Endpoint: settings.s3Endpoint,
  });

  try {
    await work({
      settings,
      out: resolve(ctx.cwd, settings.out),
      store,
      timeLeft: () => Math.max(1, end - ctx.now().getTime()),
    });
  } finally {
    await store.close();
  }
}

/** The smaller of `--timeout` and the job's own time-out less a margin. Milliseconds. */
function startDeadline(
  ctx: Context,
  io: CommandIo,
  settings: Settings,
): number {
  const job = (ctx.environment.ci.jobTimeout ?? 0) * 1000;
  const jobLimit =
    job > 0 ? Math.max(job - MARGIN_MS, job / 2) : Number.POSITIVE_INFINITY;

  const limit = Math.min(
    settings.timeoutMs ?? Number.POSITIVE_INFINITY,
    jobLimit,
  );
  if (!Number.isFinite(limit)) return 86_400_000;

  const reason = new ExternalError(
    `the run took longer than ${Math.round(limit / 1000)} s and was stopped`,
    {
      code: "timeout",
      hint: "raise --timeout (and the job's timeout in GitLab), or convert fewer models with --models",
    },
  );

  io.stopAfter(limit, reason);

  return limit;
}
