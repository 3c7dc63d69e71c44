import { resolve } from "node:path";
import { readSettings, type Settings } from "../config/settings.ts";
import { misspeltVariables } from "../config/unread-variables.ts";
import type { Context } from "../context.ts";
import { makeShelf, type Shelf } from "../disk/shelf.ts";
import { ENGINES } from "../engine/catalogue.ts";
import { UsageError } from "../errors.ts";
import { separatePaths } from "../model/layout.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { plainUrl } from "../text/plain-url.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { belongsHere, IN_A_FORK } from "./run/belongs-here.ts";

/** Left of a job's time for the clean-up and the upload of reports. */
const MARGIN_MS = 60_000;

export interface Session {
  settings: Settings;
  /** Absolute. */
  out: string;
  store: Store;
  /** For what is known of many models; open as long as the session. */
  shelf: Shelf;
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

  const { environment } = ctx;
  for (const { name, meant } of misspeltVariables(environment, flags, [
    ENGINES,
  ]))
    ctx.log.warn(`the variable ${name} is not read: did you mean ${meant}?`);

  const settings = readSettings(flags, ctx.environment);
  ctx.log.info(`model-to-edge ${ctx.version}`);
  ctx.log.info(`store: ${plainUrl(settings.store)}`);

  const end = ctx.now().getTime() + startDeadline(ctx, io, settings);
  const store = await openUnlessFork(ctx, settings, end);
  if (store === null) return;

  const out = resolve(ctx.cwd, settings.out);
  const shelf = makeShelf(out);

  try {
    await work({
      ...{ settings, out, store, shelf },
      timeLeft: () => Math.max(1, end - ctx.now().getTime()),
    });
  } finally {
    shelf.close();
    await store.close();
  }
}

/** Null, with one line why, where the variables are missing because they are the parent project's. */
async function openUnlessFork(
  ctx: Context,
  settings: Settings,
  end: number,
): Promise<Store | null> {
  try {
    return await openStore(ctx, settings.store, {
      webUrl: settings.storeWebUrl,
      s3Endpoint: settings.s3Endpoint,
      paths: Object.values(
        separatePaths(settings.modelPath, settings.edgePath),
      ),
      patienceMs: settings.patienceMs,
      giveUpAt: end - reportTime(end - ctx.now().getTime()),
    });
  } catch (error) {
    const { ci } = ctx.environment;
    const isMissing =
      error instanceof UsageError && error.code === "credentials-missing";
    if (!isMissing || !ci.inCi) throw error;

    if (ci.requestsElsewhere) {
      ctx.log.info(IN_A_FORK);
      return null;
    }

    throw new UsageError(error.message, {
      code: "credentials-missing",
      hint: `${error.hint}. From a fork, open a merge request and let a member of the parent project start its pipeline`,
      cause: error,
    });
  }
}

/** Left of a run's time for its reports when the store is given up. Milliseconds. */
function reportTime(limit: number): number {
  return Math.min(MARGIN_MS / 2, limit / 4);
}

/** The smaller of `--timeout` and the job's own time-out less a margin. Milliseconds. */
export function startDeadline(
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

  // A retry would take as long, on the same machine.
  const reason = new UsageError(
    `the run took longer than ${Math.round(limit / 1000)} s and was stopped`,
    {
      code: "timeout",
      hint: "raise `--timeout` (input timeout) and the job's timeout in GitLab, or give it less to do at once",
    },
  );

  io.stopAfter(limit, reason);

  return limit;
}
