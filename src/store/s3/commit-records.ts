import { hashBytes } from "../../disk/hash-file.ts";
import { toJson } from "../../document/document.ts";
import { AppError } from "../../errors.ts";
import { tellingMissing } from "../missing-record.ts";
import { type Bucket, inFarewell } from "./bucket.ts";
import {
  type Current,
  commitOf,
  documentOf,
  parsedObject,
  recordBytes,
} from "./index-file.ts";
import type { KnownCommits, S3Commit } from "./known-commits.ts";
import { CHAINS, chainKey, commitKey, shortId } from "./layout.ts";
import { listBelow } from "./listing.ts";
import { readBytes, writeBytes } from "./small-objects.ts";
import { told } from "./told.ts";

/** Bytes of the largest record. */
const LARGEST = 128 << 20;
/** Bytes of the records that a branch's list of them holds: some ten thousand publications. */
const LARGEST_LIST = 16 << 20;
/** Records of a branch that are read one by one before its list is looked for: a short chain needs none. */
const FEW = 8;
/** Records that were read one by one after which the list is written anew. */
const MANY = 32;

/**
 * The record of a publication; null where there is none of this id. One call, or none where it is known: the records of a
 * long chain come together, from the list that `keepRecords` writes.
 */
export async function readCommit(
  bucket: Bucket,
  id: string,
): Promise<S3Commit | null> {
  const { commits, reads } = bucket.known;
  const known = commits.get(id);
  if (known) return known;

  const read = await readBytes(bucket, commitKey(id), LARGEST);
  if (!read || shortId(hashBytes(read.bytes)) !== id) return copyOf(bucket, id);

  const commit = commitOf(parsedObject(bucket, commitKey(id), read.bytes));
  commits.set(id, commit);

  const count = (reads.get(commit.branch) ?? 0) + 1;
  reads.set(commit.branch, count);
  if (count === FEW) await readRecords(bucket, chainKey(commit.branch));

  return commit;
}

/** A record of a branch's chain: where it is missing, it is told. */
export function readLink(
  bucket: Bucket,
): (id: string) => Promise<S3Commit | null> {
  return tellingMissing(bucket.ctx, bucket.known.missing, (id) =>
    readCommit(bucket, id),
  );
}

/** What the lists of the branches have of a record that somebody removed or changed; null where none has it. */
async function copyOf(bucket: Bucket, id: string): Promise<S3Commit | null> {
  const { known } = bucket;
  if (!known.searched) {
    known.searched = true;
    for await (const { key } of listBelow(bucket, CHAINS))
      await readRecords(bucket, key);
  }

  return known.commits.get(id) ?? null;
}

/**
 * Writes the record of what a branch shows once more where somebody removed or changed it: the next publication names it as
 * the one before, and the chain of a branch ends where a record is missing.
 */
export async function restoreRecord(
  bucket: Bucket,
  { id, commit }: Current,
): Promise<void> {
  const key = commitKey(id);
  const bytes = recordBytes(commit);
  const there = await readBytes(bucket, key, LARGEST);
  if (there?.bytes.equals(bytes)) return;

  await writeBytes(bucket, key, bytes, null);
}

/**
 * Writes the list of a branch's records, from a publication that it showed on, where reading them took many calls. It
 * holds copies, each proved by its id: nothing is lost where it is missing, old or damaged.
 */
export async function keepRecords(
  bucket: Bucket,
  branch: string,
  newest: string | null,
): Promise<void> {
  const { reads } = bucket.known;
  const count = [...reads.values()].reduce((sum, each) => sum + each, 0);
  if (count < MANY) return;

  const data = { kind: "s3-chain", version: 1, branch };
  const records = recordsFrom(bucket.known, newest);
  const bytes = Buffer.from(toJson({ ...data, records }));
  reads.clear();
  try {
    await told(bucket, () =>
      writeBytes(inFarewell(bucket), chainKey(branch), bytes, null),
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    bucket.ctx.log.warn(
      `${chainKey(branch)} could not be written, a later publication does it: ${error.message}`,
    );
  }
}

/** The newest first, as far as they are known and have room. */
function recordsFrom(
  { commits }: KnownCommits,
  newest: string | null,
): unknown[] {
  const records: unknown[] = [];
  let left = LARGEST_LIST;

  for (let id = newest; id !== null; ) {
    const commit = commits.get(id);
    if (!commit) break;

    const record = documentOf(commit);
    left -= toJson(record).length;
    if (left < 0) break;

    records.push(record);
    id = commit.parent;
  }

  return records;
}

async function readRecords(bucket: Bucket, list: string): Promise<void> {
  const read = await readBytes(bucket, list, LARGEST);
  if (!read) return;

  for (const record of listIn(read.bytes)) {
    // Of one that somebody changed this is another name, for which nobody asks.
    const id = shortId(hashBytes(toJson(record)));
    bucket.known.commits.set(id, commitOf(record));
  }
}

/** Empty where somebody damaged it. */
function listIn(bytes: Buffer): object[] {
  try {
    const { records } = JSON.parse(bytes.toString("utf8"));
    return records.filter((each: unknown) => typeof each === "object" && each);
  } catch {
    return [];
  }
}
