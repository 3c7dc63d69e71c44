import { setTimeout as sleep } from "node:timers/promises";
import { hashBytes } from "../../disk/hash-file.ts";
import { newerInChain, snapshotComesBefore } from "../commit-chain.ts";
import { inParallel } from "../parallel.ts";
import type {
  Compose,
  EdgeChange,
  PublishOptions,
  PublishOutcome,
  Target,
} from "../store.ts";
import { tokensByPath } from "../tokens-by-path.ts";
import type { Bucket } from "./bucket.ts";
import {
  keepRecords,
  readCommit,
  readLink,
  restoreRecord,
} from "./commit-records.ts";
import { type Hold, holdContent } from "./held-content.ts";
import { type IndexFile, isSameTree, type Tree } from "./index-file.ts";
import { objectKey } from "./layout.ts";
import { placedFiles } from "./placed-files.ts";
import { readBytes } from "./small-objects.ts";
import { toStoreObject } from "./snapshot.ts";
import { parseSnapshotId, type View, viewOf } from "./view.ts";
import { writeIndex } from "./write-index.ts";

/** Times that another run may publish in between. */
const ROUNDS = 30;
const AT_ONCE = 16;
/** Bytes of the largest pointer. */
const POINTER = 32 << 20;

export interface Change {
  compose: Compose;
  options: PublishOptions;
  /** ETags of content that this process saw arrive, by sha256. */
  arrived?: ReadonlyMap<string, string>;
}

/** Makes files of a draft the branch's publication, by one conditional write; again where another run was faster. */
export async function publishDraft(
  bucket: Bucket,
  branch: string,
  pointers: readonly string[],
  { compose, options, arrived = new Map() }: Change,
): Promise<PublishOutcome> {
  for (let round = 1; round <= ROUNDS; round++) {
    const view = await viewOf(bucket, branch);
    if (view === null) return gone(branch);

    const change = compose(await targetOf(bucket, view, pointers, options));
    if (!change) return { status: "unchanged", commit: view.id };

    const written = await publishOnce(bucket, view, {
      ...{ change, options, arrived },
    });
    if (written !== null) return outcomeOf(bucket, view, written);

    await sleep(Math.random() * 50 * round, undefined, {
      signal: bucket.ctx.signal,
    }).catch(() => bucket.ctx.signal.throwIfAborted());
  }

  return overtaken(branch);
}

export interface Prepared {
  change: EdgeChange;
  options: PublishOptions;
  /** ETags of content that this process saw arrive, by sha256. */
  arrived?: ReadonlyMap<string, string>;
  /** Also where no file of it changes: a landing's own models may. */
  always?: boolean;
}

/** Id of a publication, or that the branch shows all of it already. */
export type Written = { id: string } | "unchanged";

/**
 * Publishes a change on the branch where its index is still that of the view; null where another run was faster. What
 * the index will name is held until it does.
 */
export async function publishOnce(
  bucket: Bucket,
  view: View,
  prepared: Prepared,
): Promise<Written | null> {
  const { keep, write } = prepared.change;
  const hold = await holdContent(bucket, null, [
    ...keep.map(({ sha256 }) => sha256),
    ...[...write.values()].map((bytes) => hashBytes(bytes)),
  ]);

  try {
    return await publishHeld(bucket, view, prepared, hold);
  } finally {
    await hold.end();
  }
}

async function publishHeld(
  bucket: Bucket,
  view: View,
  { change, options, arrived = new Map(), always = false }: Prepared,
  hold: Hold,
): Promise<Written | null> {
  const { branch, current } = view;
  const files = await changedTree(bucket, view, change, arrived);
  if (!always && current && isSameTree(current.files, files))
    return "unchanged";

  if (current) await restoreRecord(bucket, current);

  const { message, metadata, input = null } = options;
  const commit = {
    ...{ branch, parent: current?.id ?? null, message, metadata, input },
    wrote: [...change.write.keys()],
    madeAt: bucket.ctx.now().toISOString(),
  };
  const id = await writeIndex(bucket, current, commit, { files, hold });

  return id === null ? null : { id };
}

async function outcomeOf(
  bucket: Bucket,
  { branch, id }: View,
  written: Written,
): Promise<PublishOutcome> {
  if (written === "unchanged") return { status: "unchanged", commit: id };

  await keepRecords(bucket, branch, written.id);

  const now = await viewOf(bucket, branch);

  return { status: "published", commit: now?.id ?? id };
}

async function targetOf(
  bucket: Bucket,
  { id, current, own }: View,
  paths: readonly string[],
  { input, inputsBelow }: PublishOptions,
): Promise<Target> {
  const files: Tree = current?.files ?? new Map();
  const pointers = await inParallel(paths, AT_ONCE, async (path) => {
    const file = files.get(path);
    return [path, file ? await pointerOf(bucket, file) : null] as const;
  });

  const inputs =
    input !== id && inputsBelow !== undefined
      ? own.filter(({ key }) => key.startsWith(inputsBelow)).map(toStoreObject)
      : null;

  return {
    head: id,
    pointers: new Map(pointers),
    ...(inputs && { inputs: await tokensByPath(inputs) }),
    exists: (path) => files.has(path),
    holds: ({ path, sha256 }) => files.get(path)?.sha256 === sha256,
    newer: await newerInChain(readLink(bucket), current?.id ?? null, {
      ...{ pointers: paths, input, now: id, parse: parseSnapshotId },
      comesBefore: (older, newer) => comesBefore(bucket, older, newer),
    }),
  };
}

/** Whether one snapshot came before (or is) another; null where both saw the same publication but other inputs. */
export function comesBefore(
  bucket: Bucket,
  older: string,
  newer: string,
): Promise<boolean | null> {
  const read = (id: string) => readCommit(bucket, id);
  return snapshotComesBefore(read, parseSnapshotId, older, newer);
}

/** What someone changed or removed below its address counts as missing: it is written again. */
async function pointerOf(
  bucket: Bucket,
  { sha256 }: IndexFile,
): Promise<Uint8Array | null> {
  const read = await readBytes(bucket, objectKey(sha256), POINTER);

  return read && hashBytes(read.bytes) === sha256 ? read.bytes : null;
}

/** The next tree: the one before, without what is removed, with what is kept and written; all of it proved. */
async function changedTree(
  bucket: Bucket,
  { current }: View,
  { keep, write, remove }: EdgeChange,
  arrived: ReadonlyMap<string, string>,
): Promise<Tree> {
  const next = new Map(current?.files ?? []);
  for (const path of remove) next.delete(path);

  for (const [path, file] of await placedFiles(
    bucket,
    { keep, write },
    arrived,
  ))
    next.set(path, file);

  return next;
}

function gone(branch: string): PublishOutcome {
  return {
    status: "gone",
    message: `branch ${branch} was removed from the store during the run`,
    hint: "nothing was published; create the branch again, then run again",
  };
}

function overtaken(branch: string): PublishOutcome {
  return {
    status: "conflict",
    message: `branch ${branch} changed ${ROUNDS} times during this publication`,
    hint: "run again when the other runs have finished; one resource_group for all publishing jobs avoids this",
  };
}
