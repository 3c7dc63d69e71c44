import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { withLock } from "../../disk/lock.ts";
import { errorCode } from "../../node-error.ts";
import { landConflict, landGone, movedMeanwhile } from "../land-outcomes.ts";
import { topOf } from "../paths.ts";
import type {
  EdgeChange,
  LandedModel,
  LandOutcome,
  LandWish,
} from "../store.ts";
import { changedSince, findPublication } from "./chain.ts";
import {
  endLanding,
  settleLanding,
  settleLocked,
} from "./interrupted-landing.ts";
import {
  copyModels,
  landingFolder,
  type ModelCopy,
  swapFolder,
  swappedModels,
  takenFiles,
} from "./landed-models.ts";
import { type LandingRecord, openLanding } from "./landing-record.ts";
import type { Layout } from "./layout.ts";
import { storeWritten } from "./not-writable.ts";
import {
  currentPublication,
  type Publication,
  visiblePublication,
} from "./publication.ts";
import { publishLocked } from "./publish.ts";
import { isBranch, snapshotIdOf } from "./snapshot-id.ts";
import { underStoreLock } from "./store-lock.ts";

const LANDING = { patienceMs: 60_000, doing: "landing in this store" };

type FileContext = Pick<Context, "signal" | "now" | "log">;

/**
 * Takes the models of one branch into another: a complete copy of each model's own folder, then, under the store's lock,
 * a record of what changes, a rename of each copy into place, and `edge/` and `evidence/` of all of them in one step. If
 * that fails the folders are put back. Killed in between, whoever comes next to the branch does so, or completes it.
 */
export function landFolder(
  ctx: FileContext,
  layout: Layout,
  wish: LandWish,
): Promise<LandOutcome> {
  // Not the lock of publications, which is taken on the way.
  const lock = `${layout.lock}-of-landings`;
  const { signal } = ctx;
  return storeWritten(layout.root, signal, () =>
    withLock(lock, { signal, ...LANDING }, () => landLocked(ctx, layout, wish)),
  );
}

async function landLocked(
  ctx: FileContext,
  layout: Layout,
  wish: LandWish,
): Promise<LandOutcome> {
  const { source, at, target, models } = wish;
  for (const branch of [source, target])
    await settleLanding(ctx, layout, branch);

  const head = await snapshotIdOf(layout, target);
  if (head === null) return landGone(target);
  // The metadata names the snapshot: another job may have landed it just now.
  if (await findPublication(layout, target, wish.metadata))
    return { status: "landed", commit: head };

  const publication = await visiblePublication(layout, source);
  const conflicts = await changedSince(layout, target, publication, models);
  if (conflicts.length > 0) return landConflict(wish, conflicts);

  try {
    const copies = await copyModels(ctx.signal, layout, wish);
    // Folders keep no history: only an unchanged state vouches for what was copied.
    if ((await snapshotIdOf(layout, source)) !== at)
      throw movedMeanwhile(source, "the folder");

    return await underStoreLock(ctx, layout, () =>
      swapAndPublish(ctx, layout, wish, { publication, copies }),
    );
  } finally {
    await rm(landingFolder(layout, at), { recursive: true, force: true });
  }
}

/** What a landing takes from its source. */
interface Taken {
  publication: Publication | null;
  copies: readonly ModelCopy[];
}

/** Only under the store's lock: nobody publishes in the target, or removes it, from here on. */
async function swapAndPublish(
  ctx: FileContext,
  layout: Layout,
  wish: LandWish,
  { publication, copies }: Taken,
): Promise<LandOutcome> {
  const { source, target, models } = wish;
  if (!isBranch(layout, target)) return landGone(target);
  const conflicts = await changedSince(layout, target, publication, models);
  if (conflicts.length > 0) return landConflict(wish, conflicts);

  const record: LandingRecord = {
    ...{ id: randomUUID(), source },
    publication: (await currentPublication(layout, target))?.id ?? null,
    models: await swappedModels(copies),
  };
  await openLanding(layout, target, record);

  try {
    for (const copy of copies) await swapFolder(layout, target, record, copy);
    const outcome = await publishLanding(ctx, layout, wish, publication);
    const isKept =
      outcome.status === "landed" || outcome.status === "unchanged";

    if (isKept) await endLanding(layout, target, record);
    else await settleLocked(ctx, layout, target);

    return outcome;
  } catch (error) {
    // What failed first is what people need to know; whoever comes next to the branch tries this again.
    await settleLocked(ctx, layout, target).catch((second: unknown) => {
      ctx.log.warn(
        `the landing into ${target} failed, and undoing it failed as well (${errorCode(second) || String(second)}): the next command that reads ${target} tries again`,
      );
    });
    throw error;
  }
}

/** `edge/` and `evidence/` of all landed models, in one step. */
async function publishLanding(
  ctx: FileContext,
  layout: Layout,
  { target, models, message, metadata }: LandWish,
  publication: Publication | null,
): Promise<LandOutcome> {
  const change = await changeOf(publication, models);
  const touched = [
    ...change.keep.map(({ path }) => path),
    ...change.write.keys(),
    ...change.remove,
  ];

  const draft = {
    ctx,
    layout,
    branch: target,
    draftFile: (path: string) => join(publication?.folder ?? "", path),
  };

  const outcome = await publishLocked(draft, [], () => change, {
    message,
    metadata,
    prefixes: [...new Set(touched.map((path) => `${topOf(path)}/`))],
  });

  if (outcome.status === "published")
    return { status: "landed", commit: outcome.commit };

  return outcome.status === "unchanged" ? outcome : { ...outcome, paths: [] };
}

async function changeOf(
  publication: Publication | null,
  models: readonly LandedModel[],
): Promise<EdgeChange> {
  const files = publication ? await takenFiles(publication, models) : [];
  const pointers = new Set(models.map(({ pointer }) => pointer));
  const write = new Map<string, Uint8Array>();

  for (const { path } of files)
    if (pointers.has(path))
      write.set(path, await readFile(join(publication?.folder ?? "", path)));

  return {
    keep: files.filter(({ path }) => !pointers.has(path)),
    write,
    remove: models.flatMap(({ remove }) => remove),
  };
}
