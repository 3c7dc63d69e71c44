import { ExternalError } from "../../errors.ts";
import { inParallel } from "../parallel.ts";
import { partSizeFor } from "../transfer/checksum.ts";
import { isRefusal } from "../transfer/errors.ts";
import { ask, type Bucket } from "./bucket.ts";
import type { ListedObject } from "./read-calls.ts";
import {
  type CopyWish,
  copyObject,
  copyPart,
  removeObject,
} from "./write-calls.ts";

/** What is larger is copied in parts: S3 takes 5 GiB in one call, which takes long. */
const LARGEST = 1 << 30;
const PART = 512 << 20;
const AT_ONCE = 8;

export interface BranchPair {
  from: string;
  to: string;
}

/** Copies objects of one branch to the same paths of another, inside the server, several at once. */
export async function copyOwn(
  bucket: Bucket,
  pair: BranchPair,
  objects: readonly ListedObject[],
): Promise<void> {
  await inParallel(objects, AT_ONCE, (object) => copyOne(bucket, pair, object));
}

/**
 * The same for one object; answers the copy's ETag, without the number of its parts. Throws `ExternalError` where it is
 * no longer what was listed.
 */
export async function copyOne(
  bucket: Bucket,
  { from, to }: BranchPair,
  { key, size, etag }: ListedObject,
): Promise<string> {
  const wish = {
    from: `${bucket.prefix}${from}/${key}`,
    to: `${bucket.prefix}${to}/${key}`,
    etag,
  };

  try {
    return size > LARGEST
      ? await copyLarge(bucket, wish, size)
      : await askLong(bucket, (at, signal) => copyObject(at, wish, signal));
  } catch (error) {
    const isOther = isRefusal(error, "conflict") || isRefusal(error, "missing");
    throw isOther ? changed(from, key) : error;
  }
}

/** The server works on it before it answers. */
function askLong<T>(bucket: Bucket, call: Parameters<typeof ask<T>>[1]) {
  return ask(bucket, call, bucket.timing.slowMs);
}

/** Removes objects of a branch; those that are gone already are no error. */
export async function removeOwn(
  bucket: Bucket,
  branch: string,
  paths: readonly string[],
): Promise<void> {
  await removeKeys(
    bucket,
    paths.map((path) => `${branch}/${path}`),
  );
}

export async function removeKeys(
  bucket: Bucket,
  keys: readonly string[],
): Promise<void> {
  await inParallel(keys, AT_ONCE, (key) =>
    ask(bucket, (at, signal) => removeObject(at, bucket.prefix + key, signal)),
  );
}

async function copyLarge(
  bucket: Bucket,
  wish: CopyWish,
  size: number,
): Promise<string> {
  const { transfers } = bucket;
  const partSize = Math.max(PART, partSizeFor(size));
  const count = Math.ceil(size / partSize);
  const uploadId = await ask(bucket, (_, signal) =>
    transfers.createUpload(wish.to, signal),
  );

  try {
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const etags = await inParallel(numbers, 4, (number) => {
      const start = (number - 1) * partSize;
      const end = Math.min(size, start + partSize) - 1;
      return askLong(bucket, (at, signal) =>
        copyPart(at, wish, { uploadId, number, start, end }, signal),
      );
    });

    return await askLong(bucket, (_, signal) =>
      transfers.completeUpload({ key: wish.to, uploadId }, etags, signal),
    );
  } catch (error) {
    const farewell = AbortSignal.timeout(bucket.timing.farewellMs);
    // A rule of the bucket removes what nobody completed.
    await transfers
      .abortUpload({ key: wish.to, uploadId }, farewell)
      .catch(() => {});
    throw error;
  }
}

function changed(branch: string, path: string): ExternalError {
  return new ExternalError(
    `${path} on branch ${branch} changed while it was copied`,
    {
      code: "changed-under-us",
      hint: "run again when nobody is writing to it",
    },
  );
}
