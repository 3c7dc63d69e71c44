import { changedInChain, findInChain } from "../commit-chain.ts";
import { landConflict, landGone, movedMeanwhile } from "../land-outcomes.ts";
import type {
  LandOutcome,
  LandWish,
  PublishOutcome,
  Target,
} from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { readCommit, readIndex } from "./index-file.ts";
import type { Ends } from "./landed-models.ts";
import {
  landedChange,
  landModels,
  movedPaths,
  notePublication,
} from "./landed-models.ts";
import { takeLease } from "./landing-lease.ts";
import { readOrigin } from "./origin.ts";
import { publishDraft } from "./publish.ts";
import { parseSnapshotId, type View, viewOf } from "./view.ts";

/** Times that another run may publish in between. */
const ROUNDS = 30;

/**
 * Takes the models of one branch into another, inside the server: first each model's own folder, object by object, then
 * `edge/` and `evidence/` of all of them by one write. Killed in between, the next try does the same again; until then
 * `edge/` of the target is the old one.
 */
export async function landBranch(
  bucket: Bucket,
  wish: LandWish,
): Promise<LandOutcome> {
  const before = await viewOf(bucket, wish.target);
  if (before === null) return landGone(wish.target);
  if (await hasLanded(bucket, before, wish))
    return { status: "landed", commit: before.id };

  const lease = await takeLease(bucket, wish.target, wish);
  try {
    return await landLeased(bucket, wish, lease);
  } finally {
    await lease.end();
  }
}

async function landLeased(
  bucket: Bucket,
  wish: LandWish,
  lease: Ends["lease"],
): Promise<LandOutcome> {
  const target = await viewOf(bucket, wish.target);
  if (target === null) return landGone(wish.target);
  if (await hasLanded(bucket, target, wish))
    return { status: "landed", commit: target.id };

  const source = await viewOf(bucket, wish.source);
  if (source?.id !== wish.at) throw movedMeanwhile(wish.source, "it");

  const conflicts = await conflictsOf(bucket, wish, { source, target, lease });
  if (conflicts.length > 0) return landConflict(wish, conflicts);

  await landModels(bucket, wish, { source, target, lease });

  return landPublished(bucket, wish, source);
}

/** The metadata names the snapshot: another job may have landed it just now. */
async function hasLanded(
  bucket: Bucket,
  { current }: View,
  { metadata }: LandWish,
): Promise<boolean> {
  const read = (id: string) => readCommit(bucket, id);
  return (await findInChain(read, current?.id ?? null, metadata)) !== null;
}

async function conflictsOf(
  bucket: Bucket,
  wish: LandWish,
  { source, target, lease }: Ends,
): Promise<string[]> {
  const published = await publishedSince(bucket, wish, { source, target });
  const origin = await readOrigin(bucket, wish.source);
  const base = origin?.from === wish.target ? origin.objects : null;
  const moved = wish.models.flatMap(({ folder }) =>
    movedPaths(folder, { source, target, base, copied: lease.copied }),
  );

  return [...published, ...moved].sort();
}

/** Pointers that the target published after both branches were the same. */
async function publishedSince(
  bucket: Bucket,
  wish: LandWish,
  { source, target }: Pick<Ends, "source" | "target">,
): Promise<string[]> {
  const origin = await readOrigin(bucket, wish.source);
  const ends = {
    source: source.current?.id ?? null,
    target: target.current?.id ?? null,
    landed: origin?.from === wish.target ? origin.publication : null,
  };

  return changedInChain((id) => readCommit(bucket, id), ends, wish.models);
}

/** `edge/` and `evidence/` of all landed models, by one write; not over what another run published meanwhile. */
async function landPublished(
  bucket: Bucket,
  wish: LandWish,
  source: View,
): Promise<LandOutcome> {
  const change = await landedChange(bucket, source, wish.models);
  const { message, metadata } = wish;

  for (let round = 1; round <= ROUNDS; round++) {
    const target = await viewOf(bucket, wish.target);
    if (target === null) return landGone(wish.target);
    if (await hasLanded(bucket, target, wish))
      return { status: "landed", commit: target.id };

    const paths = await publishedSince(bucket, wish, { source, target });
    if (paths.length > 0) return landConflict(wish, paths);

    let isOther = false;
    const compose = ({ head }: Target) => {
      const now = parseSnapshotId(head)?.publication ?? null;
      isOther = now !== (target.current?.id ?? null);
      return isOther ? null : change;
    };

    const outcome = await publishDraft(bucket, wish.target, [], {
      ...{ compose, options: { message, metadata } },
    });
    if (isOther) continue;

    if (outcome.status === "published") await noteLanded(bucket, wish);

    return landOutcome(outcome);
  }

  return landConflict(wish, []);
}

async function noteLanded(bucket: Bucket, wish: LandWish): Promise<void> {
  const read = (id: string) => readCommit(bucket, id);
  const newest = (await readIndex(bucket, wish.target))?.id ?? null;
  const landed = await findInChain(read, newest, wish.metadata);

  await notePublication(bucket, wish, landed);
}

function landOutcome(outcome: PublishOutcome): LandOutcome {
  if (outcome.status === "published")
    return { status: "landed", commit: outcome.commit };

  return outcome.status === "unchanged" ? outcome : { ...outcome, paths: [] };
}
