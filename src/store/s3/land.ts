import { changedInChain, findInChain } from "../commit-chain.ts";
import {
  landConflict,
  landGone,
  landUnknown,
  movedMeanwhile,
} from "../land-outcomes.ts";
import type { LandOutcome, LandWish } from "../store.ts";
import { type Bucket, inFarewell } from "./bucket.ts";
import { keepRecords, readCommit, readLink } from "./commit-records.ts";
import type { Ends } from "./landed-models.ts";
import { landedChange, movedPaths } from "./landed-models.ts";
import { beating } from "./landing-beat.ts";
import { type Lease, takeLease } from "./landing-lease.ts";
import { changeModels, noteOrigin } from "./landing-models.ts";
import {
  LANDING_KEY,
  type LandingPlace,
  type LandingRecord,
  newLanding,
  removeLanding,
} from "./landing-record.ts";
import {
  type ModelChange,
  modelChange,
  stageLanding,
} from "./landing-stage.ts";
import { readOrigin } from "./origin.ts";
import { publishOnce } from "./publish.ts";
import { type View, viewOf } from "./view.ts";

/** Times that another run may publish in between. */
const ROUNDS = 30;

/**
 * Takes the models of one branch into another, inside the server: copies of what their own folders bring to a place
 * beside the branch, then `edge/` and `evidence/` of all of them by one write of the index, which names the landing, then
 * the copies into `model/`. Killed before the write, the target is as before; after it, whoever comes next to the branch
 * completes it (`settleLanding`).
 */
export async function landBranch(
  bucket: Bucket,
  wish: LandWish,
): Promise<LandOutcome> {
  const before = await viewOf(bucket, wish.target);
  if (before === null) return landGone(wish.target);
  if (await hasLanded(bucket, before, wish))
    return { status: "landed", commit: before.id };

  const place = newLanding(wish.target);
  const lease = await takeLease(bucket, place, wish);
  try {
    return await beating(bucket, place, () =>
      landLeased(bucket, wish, place, lease),
    );
  } finally {
    await lease.end();
  }
}

/** A landing that is prepared: nothing of it shows yet. */
interface Prepared {
  place: LandingPlace;
  record: LandingRecord;
  source: View;
}

async function landLeased(
  bucket: Bucket,
  wish: LandWish,
  place: LandingPlace,
  lease: Lease,
): Promise<LandOutcome> {
  const target = await viewOf(bucket, wish.target);
  if (target === null) return landGone(wish.target);
  if (await hasLanded(bucket, target, wish))
    return { status: "landed", commit: target.id };

  const source = await viewOf(bucket, wish.source);
  if (source?.id !== wish.at) throw movedMeanwhile(wish.source, "it");

  const ends = { source, target };
  const conflict = await conflictOf(bucket, wish, ends);
  if (conflict) return conflict;

  const change = modelChange(wish, ends);
  const record = await stageOrRemove(bucket, place, wish, change);

  return landPrepared(bucket, wish, { place, record, source }, lease);
}

/** Nothing names it yet. */
async function stageOrRemove(
  bucket: Bucket,
  place: LandingPlace,
  wish: LandWish,
  change: ModelChange,
): Promise<LandingRecord> {
  try {
    return await stageLanding(bucket, place, wish, change);
  } catch (error) {
    // A sweep removes what is left of it.
    await removeLanding(inFarewell(bucket), place).catch(() => {});
    throw error;
  }
}

/** The metadata names the snapshot: another job may have landed it just now. */
async function hasLanded(
  bucket: Bucket,
  { current }: View,
  { metadata }: LandWish,
): Promise<boolean> {
  const newest = current?.id ?? null;
  return (await findInChain(readLink(bucket), newest, metadata)) !== null;
}

/** Null where there is none. */
async function conflictOf(
  bucket: Bucket,
  wish: LandWish,
  { source, target }: Ends,
): Promise<LandOutcome | null> {
  const origin = await readOrigin(bucket, wish.source);
  const isFrom = origin?.from === wish.target;
  const ends = {
    source: source.current?.id ?? null,
    target: target.current?.id ?? null,
    landed: isFrom ? origin.publication : null,
    branch: wish.target,
    shows: (path: string) => target.current?.files.has(path) ?? false,
  };
  // Pointers that the target published after both branches were the same.
  const published = await changedInChain(
    (id) => readCommit(bucket, id),
    ends,
    wish.models,
  );

  const base = isFrom ? origin.objects : null;
  const moved = wish.models.flatMap(({ folder }) =>
    movedPaths(folder, { source, target, base }),
  );

  const paths = [...new Set([...published, ...moved])].sort();
  if (paths.length === 0) return null;

  return published.length === 0 && base === null
    ? landUnknown(wish, paths)
    : landConflict(wish, paths);
}

/** Where the target is still as it was checked: published, then changed. Again where another run published meanwhile. */
async function landPrepared(
  bucket: Bucket,
  wish: LandWish,
  { place, record, source }: Prepared,
  lease: Lease,
): Promise<LandOutcome> {
  const change = await landedChange(bucket, source, wish.models);
  const metadata = { ...wish.metadata, [LANDING_KEY]: place.id };
  const options = { message: wish.message, metadata };
  const giveUp = async (outcome: LandOutcome) => {
    await removeLanding(bucket, place);
    return outcome;
  };

  for (let round = 1; round <= ROUNDS; round++) {
    const target = await viewOf(bucket, wish.target);
    if (target === null) return giveUp(landGone(wish.target));
    if (await hasLanded(bucket, target, wish))
      return giveUp({ status: "landed", commit: target.id });

    const conflict = await conflictOf(bucket, wish, { source, target });
    if (conflict) return giveUp(conflict);

    await lease.renew();
    const always = hasChanges(record);
    const written = await publishOnce(bucket, target, {
      ...{ change, options, always },
    });
    if (written === null) continue;

    if (written === "unchanged") {
      const publication = target.current?.id ?? null;
      await noteOrigin(bucket, wish.target, record, publication);
      return giveUp({ status: "unchanged", commit: target.id });
    }

    await changeModels(bucket, { place, record, publication: written.id });
    await removeLanding(bucket, place);
    await keepRecords(bucket, wish.target, written.id);
    const now = await viewOf(bucket, wish.target);
    return { status: "landed", commit: now?.id ?? target.id };
  }

  return giveUp(landConflict(wish, []));
}

function hasChanges({ brings, removes }: LandingRecord): boolean {
  return Object.keys(brings).length + removes.length > 0;
}
