import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { withLock } from "../../lock.ts";
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
  copyModels,
  landingFolder,
  swapFolder,
  takenFiles,
} from "./landed-models.ts";
import type { Layout } from "./layout.ts";
import { storeWritten } from "./not-writable.ts";
import { currentPublication, type Publication } from "./publication.ts";
import { publishDraft } from "./publish.ts";
import { snapshotIdOf } from "./snapshot-id.ts";

const LANDING = { patienceMs: 60_000, doing: "landing in this store" };

type FileContext = Pick<Context, "signal" | "now" | "log">;

/**
 * Takes the models of one branch into another: first each model's own folder (a complete copy, renamed into place), then
 * `edge/` and `evidence/` of all of them in one step. Killed in between, the next try does the same again.
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
  const head = await snapshotIdOf(layout, target);
  if (head === null) return landGone(target);
  // The metadata names the snapshot: another job may have landed it just now.
  if (await findPublication(layout, target, wish.metadata))
    return { status: "landed", commit: head };

  const publication = await currentPublication(layout, source);
  const conflicts = await changedSince(layout, target, publication, models);
  if (conflicts.length > 0) return landConflict(wish, conflicts);

  try {
    const copies = await copyModels(ctx.signal, layout, wish);
    // Folders keep no history: only an unchanged state vouches for what was copied.
    if ((await snapshotIdOf(layout, source)) !== at)
      throw movedMeanwhile(source, "the folder");

    for (const copy of copies) await swapFolder(layout, target, copy);

    return await publishLanding(ctx, layout, wish, publication);
  } finally {
    await rm(landingFolder(layout, at), { recursive: true, force: true });
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

  const outcome = await publishDraft(draft, [], () => change, {
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
