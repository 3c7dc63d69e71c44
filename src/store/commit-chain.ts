import { recordMissing } from "./land-outcomes.ts";
import type { PointerChange } from "./pointer-change.ts";
import type { SnapshotId } from "./snapshot-ids.ts";
import type { LandedModel } from "./store.ts";

/** A publication as the record that stays of it; each names the one before. */
export interface ChainedCommit {
  parent: string | null;
  metadata: Record<string, string>;
  /** Snapshot of the inputs that it covers. */
  input: string | null;
  /** Small files that it wrote: the pointers. */
  wrote: string[];
}

/** Null where no record is kept of it. */
export type ReadCommit = (id: string) => Promise<ChainedCommit | null>;

/** A publication in a branch's chain, and its record. */
interface Link {
  id: string;
  commit: ChainedCommit;
}

/** The publications of a branch from one on, the newest first, as far as their records are kept. */
async function* chainFrom(
  read: ReadCommit,
  newest: string | null,
): AsyncGenerator<Link> {
  for await (const { id, commit } of knownFrom(read, newest))
    if (commit) yield { id, commit };
}

/** The same, and last the one whose record is missing: of the first one of a branch nothing is. */
async function* knownFrom(
  read: ReadCommit,
  newest: string | null,
): AsyncGenerator<{ id: string; commit: ChainedCommit | null }> {
  for (let id = newest; id !== null; ) {
    const commit: ChainedCommit | null = await read(id);
    yield { id, commit };
    id = commit?.parent ?? null;
  }
}

/** Id of the newest publication of the chain whose metadata has all these values. */
export async function findInChain(
  read: ReadCommit,
  newest: string | null,
  metadata: Record<string, string>,
): Promise<string | null> {
  const wanted = Object.entries(metadata);

  for await (const { id, commit } of chainFrom(read, newest))
    if (wanted.every(([key, value]) => commit.metadata[key] === value))
      return id;

  return null;
}

/** The publications of the chain that wrote a pointer, the newest first; at most `limit`. */
export async function changesInChain(
  read: ReadCommit,
  newest: string | null,
  { pointer, limit }: { pointer: string; limit: number },
): Promise<PointerChange[]> {
  const found: PointerChange[] = [];
  for await (const { id, commit } of chainFrom(read, newest)) {
    if (!commit.wrote.includes(pointer)) continue;
    if (found.push({ id, metadata: commit.metadata }) >= limit) break;
  }

  return found;
}

/** Newest publications of two branches. */
export interface ChainEnds {
  source: string | null;
  target: string | null;
  /** One of the target's that the source is known to have, though its own chain does not name it. */
  landed?: string | null;
  /** Name of the target. */
  branch: string;
  /** Whether the target shows a path. */
  shows(path: string): boolean;
}

/**
 * Pointers of these models that the target's chain published after it parted from the source's, sorted. Throws
 * `UsageError` where the target shows one of the models, and somebody removed the record of either chain that would tell.
 */
export async function changedInChain(
  read: ReadCommit,
  { source, target, landed = null, branch, shows }: ChainEnds,
  models: readonly LandedModel[],
): Promise<string[]> {
  const { shared, lost } = await ownedBy(read, source);

  const touched = new Set(
    models.flatMap(({ take, remove }) => [...take, ...remove]),
  );

  const changed = new Set<string>();

  for await (const { id, commit } of knownFrom(read, target)) {
    if (shared.has(id) || id === landed) return [...changed].sort();
    if (!commit && [...touched].some(shows)) throw recordMissing(branch, id);

    for (const path of commit?.wrote ?? [])
      if (touched.has(path)) changed.add(path);
  }

  // They never met: the target may have published this before they parted.
  if (lost !== null && changed.size > 0) throw recordMissing(branch, lost);

  return [...changed].sort();
}

/** Ids of a branch's chain; `lost`: the one whose record is missing, so that those before it are not known. */
async function ownedBy(
  read: ReadCommit,
  newest: string | null,
): Promise<{ shared: Set<string>; lost: string | null }> {
  const shared = new Set<string>();
  let lost: string | null = null;
  for await (const { id, commit } of knownFrom(read, newest)) {
    shared.add(id);
    if (!commit) lost = id;
  }

  return { shared, lost };
}

/**
 * Whether one publication (null: none yet) came before another; null where both are the same, or on no common chain.
 */
async function comesBeforeInChain(
  read: ReadCommit,
  older: string | null,
  newer: string | null,
): Promise<boolean | null> {
  if (older === newer) return null;
  if (await isInChain(read, older, newer)) return true;

  return (await isInChain(read, newer, older)) ? false : null;
}

/**
 * Whether one snapshot came before (or is) another, by the chain of publications that their ids name; null where both saw
 * the same publication but other inputs, as these stores keep no history of them.
 */
export async function snapshotComesBefore(
  read: ReadCommit,
  publicationOf: (id: string) => { publication: string | null } | null,
  older: string,
  newer: string,
): Promise<boolean | null> {
  if (older === newer) return true;

  const [a, b] = [publicationOf(older), publicationOf(newer)];
  if (!a || !b) return null;

  return comesBeforeInChain(read, a.publication, b.publication);
}

async function isInChain(
  read: ReadCommit,
  wanted: string | null,
  from: string | null,
): Promise<boolean> {
  let id = from;
  while (id !== null && id !== wanted) {
    const commit = await read(id);
    if (!commit) return false;
    id = commit.parent;
  }

  return id === wanted;
}

export interface NewerWish {
  pointers: readonly string[];
  /** Snapshot of our inputs; absent where nobody asks. */
  input: string | undefined;
  /** Id of the branch's snapshot at this moment. */
  now: string;
  /** What a snapshot's id names; null where the text is none. */
  parse(snapshot: string): SnapshotId | null;
  /** Whether one snapshot came before another. */
  comesBefore(older: string, newer: string): Promise<boolean | null>;
}

/**
 * Pointers whose last publication covers inputs that came after ours, by the chain of publications. Of two that saw the
 * same publication, the one whose inputs lie there now is newer. One without inputs of its own brought those of another
 * branch: it is newer where our inputs do not name it or a later one.
 */
export async function newerInChain(
  read: ReadCommit,
  current: string | null,
  wish: NewerWish,
): Promise<ReadonlySet<string>> {
  const { pointers, input, parse } = wish;
  const newer = new Set<string>();
  if (input === undefined) return newer;

  const open = new Set(pointers);
  const seen = parse(input);
  let isUnseen = seen !== null;

  for await (const { id, commit } of chainFrom(read, current)) {
    if (id === seen?.publication) isUnseen = false;

    const wrote = commit.wrote.filter((path) => open.delete(path));
    const isLater =
      wrote.length > 0 &&
      (commit.input === null
        ? isUnseen
        : commit.input !== input &&
          (await cameAfter(input, commit.input, wish)));
    if (isLater) for (const path of wrote) newer.add(path);
    if (open.size === 0) break;
  }

  return newer;
}

/** Whether other inputs came after ours; of two that saw the same publication, those that lie there now did. */
async function cameAfter(
  ours: string,
  theirs: string,
  { now, parse, comesBefore }: NewerWish,
): Promise<boolean> {
  const isTold = await comesBefore(ours, theirs);
  if (isTold !== null) return isTold;

  const state = parse(now)?.state ?? null;
  return parse(theirs)?.state === state && parse(ours)?.state !== state;
}
