import type { Readable } from "node:stream";
import { hashBytes } from "../../disk/hash-file.ts";
import type { UsageError } from "../../errors.ts";
import { connectionWords } from "../../network/connection-words.ts";
import { tooLarge } from "../refusals.ts";
import { Garbled, isRefusal, NoAnswer } from "../transfer/errors.ts";
import { tried } from "../transfer/tried.ts";
import { watched } from "../transfer/watchdog.ts";
import {
  agreedReading,
  md5Of,
  type ReadBytes,
  type Reading,
} from "./agreed-reading.ts";
import { ask, type Bucket, carrierOf } from "./bucket.ts";
import { getObject } from "./read-calls.ts";
import { type Condition, putObject } from "./write-calls.ts";

/** Times that bytes are sent of which others arrive. */
const ROUNDS = 3;

/**
 * Bytes below the store's prefix, null where missing. They are those that the server has (`agreedReading`). Throws `UsageError` where they are more than `limit`.
 */
export async function readBytes(
  bucket: Bucket,
  key: string,
  limit: number,
): Promise<ReadBytes | null> {
  try {
    return await tried(carrierOf(bucket), () =>
      agreedReading(key, () => readOnce(bucket, key, limit)),
    );
  } catch (error) {
    if (isRefusal(error, "missing")) return null;
    throw error;
  }
}

function readOnce(
  bucket: Bucket,
  key: string,
  limit: number,
): Promise<Reading> {
  const { at, prefix, ctx, timing } = bucket;

  return watched(ctx.signal, timing.idleMs, async (signal, touch) => {
    const answer = await getObject(at, prefix + key, {}, signal);
    const { body, size, etag, isMd5 } = answer;
    if (size > limit) {
      body.destroy();
      throw objectTooLarge(key, limit);
    }

    return { bytes: await bytesOf(body, size, touch), etag, isMd5 };
  });
}

/**
 * Writes bytes below the store's prefix; the new ETag, or null where the condition does not hold. What arrived is what
 * was sent, or it is sent again. After a lost answer the condition may be refused although the bytes are there: the
 * caller reads what is there.
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
  };
  let held = bucket.singleWriter ? null : condition;

  try {
    for (let round = 1; ; round++) {
      const wish = { ...input, condition: held };
      const etag = await ask(bucket, (at, signal) =>
        putObject(at, wish, signal),
      );
      if (await hasArrived(bucket, key, bytes, etag)) return etag;
      if (round === ROUNDS)
        throw new Garbled(`other bytes of ${key} arrived than were sent`);

      // What is there now is ours, damaged on the way.
      if (held !== null) held = { etag };
    }
  } catch (error) {
    // With `If-Match`, a key that is gone is answered with 404.
    if (isRefusal(error, "conflict")) return null;
    if (condition && isRefusal(error, "missing")) return null;
    throw error;
  }
}

/** By the ETag that the write was answered with; where it is no md5, by reading it back. */
async function hasArrived(
  bucket: Bucket,
  key: string,
  bytes: Uint8Array,
  etag: string,
): Promise<boolean> {
  if (etag === md5Of(bytes)) return true;

  const there = await readBytes(bucket, key, Number.MAX_SAFE_INTEGER);
  // Null, or another ETag: others have written since.
  return there === null || there.etag !== etag || there.bytes.equals(bytes);
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
    throw new NoAnswer(connectionWords(error, (error as Error).message));
  }

  const bytes = Buffer.concat(chunks);
  if (bytes.length !== size)
    throw new NoAnswer(`${bytes.length} of ${size} bytes arrived`);

  return bytes;
}

function objectTooLarge(key: string, limit: number): UsageError {
  return tooLarge(key.slice(key.indexOf("/") + 1), limit);
}
