import { hashBytes } from "../../hash-file.ts";
import { snapshotIds } from "../snapshot-ids.ts";
import type { Bucket } from "./bucket.ts";
import { type Current, readIndex } from "./index-file.ts";
import { shortId } from "./layout.ts";
import { lineOf, listOwn } from "./listing.ts";
import { readOrigin } from "./origin.ts";
import type { ListedObject } from "./read-calls.ts";

/** A branch at one moment. */
export interface View {
  branch: string;
  /** Null before the first publication. */
  current: Current | null;
  /** What people wrote below the tops; keys are paths on the branch. */
  own: ListedObject[];
  /** Names both. */
  id: string;
}

const { format, parse } = snapshotIds("s3");

/** Null where the text is not an id of an S3 store. */
export const parseSnapshotId = parse;

/** The branch as it is now; null where there is none, or one that is just being made or removed. */
export async function viewOf(
  bucket: Bucket,
  branch: string,
): Promise<View | null> {
  const [current, own] = await Promise.all([
    readIndex(bucket, branch),
    listOwn(bucket, branch),
  ]);

  if (current === null && own.length === 0) return null;
  if (current === null && (await isHalfDone(bucket, branch))) return null;

  const state = shortId(hashBytes(own.map(lineOf).join("\n")));
  const id = format({ publication: current?.id ?? null, state });

  return { branch, current, own, id };
}

/** A branch gets its index last, and loses it first. */
async function isHalfDone(bucket: Bucket, branch: string): Promise<boolean> {
  return (await readOrigin(bucket, branch))?.complete === false;
}
