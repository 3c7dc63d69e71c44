import { hashBytes } from "../../disk/hash-file.ts";
import { ExternalError } from "../../errors.ts";
import { snapshotIds } from "../snapshot-ids.ts";
import type { Bucket } from "./bucket.ts";
import { type Current, readIndex } from "./index-file.ts";
import { settleLanding } from "./interrupted-landing.ts";
import { landingOf } from "./landing-record.ts";
import { indexKey, shortId } from "./layout.ts";
import { lineOf, listOwn } from "./listing.ts";
import { readOrigin } from "./origin.ts";
import type { ListedObject } from "./read-calls.ts";
import { isRemoved } from "./removed-branch.ts";
import { headOf } from "./stored-bytes.ts";

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

/** Publications that a reader may meet, one after the other. */
const ROUNDS = 10;

const { format, parse } = snapshotIds("s3");

/** Null where the text is not an id of an S3 store. */
export const parseSnapshotId = parse;

/**
 * The branch as it is now; null where there is none, or one that is just being made or removed. No landing shows by half:
 * one whose models are still to be changed is waited for, or completed, and one that comes by meanwhile is seen by the
 * index. Throws what `settleLanding` throws, and `ExternalError` where publications come by again and again.
 */
export async function viewOf(
  bucket: Bucket,
  branch: string,
): Promise<View | null> {
  for (let round = 0; round < ROUNDS; round++) {
    const view = await viewOnce(bucket, branch);
    if (view !== "changed") return view;
  }

  throw new ExternalError(
    `branch ${branch} was published ${ROUNDS} times while it was read`,
    { code: "changed-under-us", hint: "run again when fewer jobs publish" },
  );
}

/** "changed": somebody published while it was read. */
async function viewOnce(
  bucket: Bucket,
  branch: string,
): Promise<View | null | "changed"> {
  const current = await readIndex(bucket, branch);
  if (current && isRemoved(current.commit)) return null;

  const landing = current && landingOf(current.commit);
  if (landing) await settleLanding(bucket, landing, current.id);

  const own = await listOwn(bucket, branch);
  const now = await headOf(bucket, indexKey(branch));
  if ((now?.etag ?? null) !== (current?.etag ?? null)) return "changed";

  if (current === null && own.length === 0) return null;
  if (current === null && (await isHalfDone(bucket, branch))) return null;

  const state = shortId(hashBytes(own.map(lineOf).join("\n")));
  const id = format({ publication: current?.id ?? null, state });

  return { branch, current, own, id };
}

/** A branch gets its index last. */
async function isHalfDone(bucket: Bucket, branch: string): Promise<boolean> {
  return (await readOrigin(bucket, branch))?.complete === false;
}
