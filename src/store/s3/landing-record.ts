import { randomUUID } from "node:crypto";
import { toJson } from "../../document/document.ts";
import { UsageError } from "../../errors.ts";
import { newerRecord, recordIn } from "../own-record.ts";
import type { Bucket } from "./bucket.ts";
import { removeKeys } from "./copy.ts";
import type { S3Commit } from "./known-commits.ts";
import { landingPrefix } from "./layout.ts";
import { listBelow } from "./listing.ts";
import { readBytes, writeBytes } from "./small-objects.ts";

/**
 * What a landing changes in `model/` of its target. It is written, and the files lie beside it, before the publication
 * that names the landing; it goes when all of it is done. So the publication at the head of a branch tells whether its
 * models are still to be changed.
 */
export interface LandingRecord {
  source: string;
  /** Snapshot of the source that was checked. */
  at: string;
  /** The models' own folders. */
  folders: string[];
  /** The files that the landing brings, by their paths on the branch. */
  brings: Record<string, BroughtFile>;
  /** Paths that shall be gone. */
  removes: string[];
}

export interface BroughtFile {
  /** Of the copy beside the record, as the server lists it; "" where it has none. */
  etag: string;
  /** Bytes. */
  size: number;
}

/** A landing in a branch. */
export interface LandingPlace {
  branch: string;
  id: string;
}

/** In the metadata of a landing's publication: its id. */
export const LANDING_KEY = "model-to-edge.landing";

const LARGEST_RECORD = 64 << 20;

/** A place for a new landing. */
export function newLanding(branch: string): LandingPlace {
  return { branch, id: randomUUID() };
}

/** The landing that a publication completed; null for every other one. */
export function landingOf({
  branch,
  metadata,
}: Pick<S3Commit, "branch" | "metadata">): LandingPlace | null {
  const id = metadata[LANDING_KEY];
  return id !== undefined && /^[-0-9a-f]{36}$/.test(id) ? { branch, id } : null;
}

/** Where the files lie that a landing brings: used as a branch of its own. */
export function broughtFolder({ branch, id }: LandingPlace): string {
  return `${landingPrefix(branch, id)}files`;
}

export function recordKey({ branch, id }: LandingPlace): string {
  return `${landingPrefix(branch, id)}record.json`;
}

export async function writeRecord(
  bucket: Bucket,
  place: LandingPlace,
  record: LandingRecord,
): Promise<void> {
  const data = { kind: "s3-landing-record", version: 1, ...record };
  const bytes = Buffer.from(toJson(data));
  await writeBytes(bucket, recordKey(place), bytes, null);
}

/** Null where the landing is complete. Throws `UsageError` for a record that is damaged, or of a newer version. */
export async function readRecord(
  bucket: Bucket,
  place: LandingPlace,
): Promise<LandingRecord | null> {
  const key = recordKey(place);
  const read = await readBytes(bucket, key, LARGEST_RECORD);
  if (!read) return null;

  const text = read.bytes.toString("utf8");
  const found = await recordIn<LandingRecord>("s3-landing-record", text);
  if (found.state === "newer")
    throw newerRecord(`${bucket.url}/${key}`, found.version);
  if (found.state === "damaged") throw damaged(bucket, place, found.problem);

  const { source, at, folders, brings, removes } = found.data;
  return { source, at, folders, brings, removes };
}

/** From here on the landing is complete for everybody. */
export async function closeRecord(
  bucket: Bucket,
  place: LandingPlace,
): Promise<void> {
  await removeKeys(bucket, [recordKey(place)]);
}

/** Removes all that a landing keeps beside its branch: the record first, then the files. */
export async function removeLanding(
  bucket: Bucket,
  place: LandingPlace,
): Promise<void> {
  await closeRecord(bucket, place);

  const keys: string[] = [];
  const prefix = landingPrefix(place.branch, place.id);
  for await (const { key } of listBelow(bucket, prefix)) keys.push(key);
  await removeKeys(bucket, keys);
}

function damaged(
  { url }: Bucket,
  place: LandingPlace,
  problem: string,
): UsageError {
  const key = recordKey(place);
  const files = broughtFolder(place);

  return new UsageError(
    `the record of a landing into branch ${place.branch} that was interrupted is damaged: ${url}/${key}: ${problem}`,
    {
      code: "landing-interrupted",
      hint: `copy the files that it brought into the branch, \`aws s3 cp --recursive ${url}/${files} ${url}/${place.branch}\`, remove the record, \`aws s3 rm ${url}/${key}\`, then run again`,
    },
  );
}
