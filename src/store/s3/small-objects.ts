import type { Readable } from "node:stream";
import { UsageError } from "../../errors.ts";
import { hashBytes } from "../../hash-file.ts";
import { isRefusal, NoAnswer } from "../lakefs/errors.ts";
import { tried } from "../lakefs/tried.ts";
import { watched } from "../lakefs/watchdog.ts";
import { ask, type Bucket, carrierOf } from "./bucket.ts";
import { getObject } from "./read-calls.ts";
import { type Condition, putObject } from "./write-calls.ts";

export interface ReadBytes {
  bytes: Buffer;
  /** Of the state that was read. */
  etag: string;
}

/** Bytes below the store's prefix, null where missing. Throws `UsageError` where they are more than `limit`. */
export async function readBytes(
  bucket: Bucket,
  key: string,
  limit: number,
): Promise<ReadBytes | null> {
  try {
    return await tried(carrierOf(bucket), () =>
      watched(
        bucket.ctx.signal,
        bucket.timing.idleMs,
        async (signal, touch) => {
          const { body, size, etag } = await getObject(
            bucket.at,
            bucket.prefix + key,
            {},
            signal,
          );
          if (size > limit) {
            body.destroy();
            throw tooLarge(key, limit);
          }

          return { bytes: await bytesOf(body, size, touch), etag };
        },
      ),
    );
  } catch (error) {
    if (isRefusal(error, "missing")) return null;
    throw error;
  }
}

/**
 * Writes bytes below the store's prefix; the new ETag, or null where the condition does not hold. After a lost answer
 * the condition may be refused although the bytes are there: the caller reads what is there.
 */
export async function writeBytes(
  bucket: Bucket,
  key: string,
  bytes: Uint8Array,
  condition: Condition | null,
): Promise<string | null> {
  const input = {
    ...{ key: bucket.prefix + key, body: bytes, size: bytes.length },
    sha256: hashBytes(bytes),
    condition: bucket.singleWriter ? null : condition,
  };

  try {
    return await ask(bucket, (at, signal) => putObject(at, input, signal));
  } catch (error) {
    // With `If-Match`, a key that is gone is answered with 404.
    if (isRefusal(error, "conflict")) return null;
    if (condition && isRefusal(error, "missing")) return null;
    throw error;
  }
}

async function bytesOf(
  body: Readable,
  size: number,
  touch: () => void,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      touch();
    }
  } catch (error) {
    throw new NoAnswer((error as Error).message);
  }

  const bytes = Buffer.concat(chunks);
  if (bytes.length !== size)
    throw new NoAnswer(`${bytes.length} of ${size} bytes arrived`);

  return bytes;
}

function tooLarge(key: string, limit: number): UsageError {
  const path = key.slice(key.indexOf("/") + 1);

  return new UsageError(`${path} is larger than ${limit} bytes`, {
    code: "file-too-large",
    hint: "a file of this name should be small",
  });
}
