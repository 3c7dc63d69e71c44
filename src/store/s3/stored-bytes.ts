import { isChecksumOf } from "../transfer/checksum.ts";
import { isRefusal } from "../transfer/errors.ts";
import { bareEtag } from "../transfer/etag.ts";
import { sha256Of } from "../transfer/proved-upload.ts";
import { tried } from "../transfer/tried.ts";
import { watched } from "../transfer/watchdog.ts";
import { ask, type Bucket, carrierOf } from "./bucket.ts";
import { objectKey } from "./layout.ts";
import { getObject, headObject, type ObjectHead } from "./read-calls.ts";

/** What an object of a content address must be. */
export interface Expected {
  sha256: string;
  size: number;
  /** md5 of the parts that it was uploaded in, where they are known. */
  parts?: readonly string[];
  /** ETag of the object when it was proved, where it is known. */
  etag?: string;
}

/** Null where the object is missing. */
export async function headOf(
  bucket: Bucket,
  key: string,
): Promise<ObjectHead | null> {
  try {
    return await ask(bucket, (at, signal) =>
      headObject(at, bucket.prefix + key, signal),
    );
  } catch (error) {
    if (isRefusal(error, "missing")) return null;
    throw error;
  }
}

/**
 * The object of a content address where it holds the bytes that its name says: by the ETag or the checksum of the
 * server, else by reading it. Null where it is missing or holds others.
 */
export async function provedObject(
  bucket: Bucket,
  expected: Expected,
): Promise<ObjectHead | null> {
  const { sha256, size, parts, etag } = expected;
  const head = await headOf(bucket, objectKey(sha256));
  if (head === null || head.size !== size) return null;
  if (head.sha256 !== null) return head.sha256 === sha256 ? head : null;

  const isKnown =
    (etag && bareEtag(head.etag) === bareEtag(etag)) ||
    (parts !== undefined && isChecksumOf(head.etag, parts));
  if (isKnown) return head;

  return (await hashStored(bucket, objectKey(sha256))) === sha256 ? head : null;
}

/** sha256 of what lies there now, read whole. */
async function hashStored(bucket: Bucket, key: string): Promise<string> {
  return tried(carrierOf(bucket), () =>
    watched(bucket.ctx.signal, bucket.timing.idleMs, async (signal, touch) => {
      const { body } = await getObject(
        bucket.at,
        bucket.prefix + key,
        {},
        signal,
      );
      return sha256Of(body, touch);
    }),
  );
}
