import { createHash } from "node:crypto";
import { Garbled } from "../transfer/errors.ts";

export interface ReadBytes {
  bytes: Buffer;
  /** Of the state that was read. */
  etag: string;
}

/** What one answer held. */
export interface Reading extends ReadBytes {
  /** Whether the ETag is the md5 of a whole object. */
  isMd5: boolean;
}

/**
 * Bytes and ETag of one state of an object: the ETag is the md5 of the bytes, or, where it is no md5, two readings agree.
 * A cache may change bytes on the way, and versitygw may answer the bytes of one state with the ETag of the next while
 * the object is replaced (measured, 1.8.0: one reading in five with metadata beside the files, one in a thousand with
 * extended attributes); a write with that ETag as its condition would undo the other one. Throws `Garbled` where
 * neither of two readings can be trusted.
 */
export async function agreedReading(
  key: string,
  readOnce: () => Promise<Reading>,
): Promise<ReadBytes> {
  const first = await readOnce();
  if (first.etag === md5Of(first.bytes)) return first;

  const second = await readOnce();
  if (second.etag === md5Of(second.bytes)) return second;

  // A cache may have changed both alike.
  const isSame = second.etag === first.etag && second.bytes.equals(first.bytes);
  if (isSame && !second.isMd5) return second;

  throw new Garbled(
    `${key} arrived with a checksum that differs from the store's`,
  );
}

/** 32 hex. */
export function md5Of(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
