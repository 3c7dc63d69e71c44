import { rm } from "node:fs/promises";
import type { Context } from "../../context.ts";
import { holderOf, isGone } from "../../disk/lock-holder.ts";
import { AppError, ExternalError, UsageError } from "../../errors.ts";
import { putBack } from "./landed-models.ts";
import {
  closeLanding,
  type LandingRecord,
  landingIn,
  lastLanding,
  oldFolder,
  undoneFolder,
} from "./landing-record.ts";
import type { Layout } from "./layout.ts";
import { currentPublication } from "./publication.ts";
import { isBranch } from "./snapshot-id.ts";
import { underStoreLock } from "./store-lock.ts";

type FileContext = Pick<Context, "signal" | "log">;

/** Landings that a reader may meet, one after the other. */
const ROUNDS = 10;

/**
 * Reads a branch while no landing changes it: waits for one that is under way, and ends one that was broken off. Begins
 * again where a landing came by meanwhile. Throws what `settleLanding` throws, and `ExternalError` where landings come by
 * again and again.
 */
export async function betweenLandings<T>(
  ctx: FileContext,
  layout: Layout,
  branch: string,
  work: () => Promise<T>,
): Promise<T> {
  for (let round = 0; round < ROUNDS; round++) {
    await settleLanding(ctx, layout, branch);
    const before = lastLanding(layout, branch);
    const isUndisturbed = async () =>
      (await landingIn(layout, branch)) === null &&
      lastLanding(layout, branch) === before;

    try {
      const result = await work();
      if (await isUndisturbed()) return result;
    } catch (error) {
      if (ctx.signal.aborted || (await isUndisturbed())) throw error;
    }
  }

  throw new ExternalError(
    `branch ${branch} was landed in ${ROUNDS} times while it was read`,
    { code: "changed-under-us", hint: "run again when fewer jobs land" },
  );
}

/**
 * After this the branch shows no landing by half. Waits up to a minute for one that is under way (`ExternalError`
 * `locked`); where its process has ended, undoes or completes it. Throws `UsageError` `landing-interrupted` where that
 * cannot be done from here.
 */
export async function settleLanding(
  ctx: FileContext,
  layout: Layout,
  branch: string,
): Promise<void> {
  const record = await landingIn(layout, branch);
  if (record === null) return;

  try {
    await underStoreLock(ctx, layout, () => settleLocked(ctx, layout, branch));
  } catch (error) {
    const isReadOnly =
      error instanceof AppError && error.code === "not-writable";
    throw isReadOnly ? await leftForOthers(layout, branch, record) : error;
  }
}

/**
 * The same under the store's lock: nobody else lands now, so one that is open was broken off. If its publication was
 * switched it is complete; otherwise the target's old folders are put back.
 */
export async function settleLocked(
  { log }: Pick<Context, "log">,
  layout: Layout,
  branch: string,
): Promise<void> {
  const record = await landingIn(layout, branch);
  if (record === null) return;

  const now = (await currentPublication(layout, branch))?.id ?? null;
  const isSwitched = now !== record.publication;
  // A branch that was removed meanwhile stays so.
  if (!isSwitched && isBranch(layout, branch))
    await putBack(layout, branch, record);

  await endLanding(layout, branch, record);
  log.warn(
    isSwitched
      ? `the landing of ${record.source} into ${branch} was interrupted after its publication: it is complete now`
      : `the landing of ${record.source} into ${branch} was interrupted before its publication: it is undone, ${branch} is as before; land it again. Folders that it had put there already lie in ${undoneFolder(layout, record)} until a sweep`,
  );
}

/** Readers may look again, and what was replaced goes. What was undone stays until a sweep: a person may have written to it. */
export async function endLanding(
  layout: Layout,
  branch: string,
  record: LandingRecord,
): Promise<void> {
  await closeLanding(layout, branch);
  await rm(oldFolder(layout, record), { recursive: true, force: true });
}

/** The error of a reader that may not write to the store. */
async function leftForOthers(
  layout: Layout,
  branch: string,
  { source }: LandingRecord,
): Promise<AppError> {
  const holder = await holderOf(layout.lock);
  if (holder && !(await isGone(holder)))
    return new ExternalError(
      `branch ${branch} cannot be read while ${source} is landed into it`,
      {
        code: "locked",
        hint: `run again later; if nobody lands, remove ${layout.lock}`,
      },
    );

  return new UsageError(
    `the landing of ${source} into branch ${branch} was interrupted, and ${branch} is neither in its old state nor in the new one; this user may not write to the store, so it stays so`,
    {
      code: "landing-interrupted",
      hint: "run `model-to-edge land` again, or this command once as a user that may write to the store",
    },
  );
}
