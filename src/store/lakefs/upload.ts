import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { UsageError } from "../../errors.ts";
import { hashBeside } from "../hash-thread.ts";
import { inParallel } from "../parallel.ts";
import { isRefusal, NoAnswer } from "./errors.ts";
import { countOnce } from "./progress.ts";
import type { S3 } from "./s3-client.ts";
import type { Timing } from "./timing.ts";
import { tried } from "./tried.ts";
import { watched } from "./watchdog.ts";

const MIB = 1 << 20;
/** Up to here the bytes are sent from memory, signed, so that the server checks them. */
const BUFFERED = 4 * MIB;
/** Up to here one request; above, parts. Fixed, because the way of an upload is part of an object's identity in lakeFS. */
export const SINGLE = 64 * MIB;
const PART = 16 * MIB;
/** Read at once; larger ones are no faster, and wait longer for the garbage collector. */
const CHUNK = 256 * 1024;
const PARTS_AT_ONCE = 4;
const MOST_PARTS = 10_000;

export interface Uploader {
  s3: S3;
  timing: Timing;
  signal: AbortSignal;
}

export interface Uploaded {
  size: number;
  sha256: string;
  etag: string;
}

/** Sends a file to a key; memory stays small whatever its size. */
export async function uploadFile(
  up: Uploader,
  file: string,
  key: string,
  progress?: (bytes: number) => void,
): Promise<Uploaded> {
  const size = await regularSize(file);
  if (size <= BUFFERED) {
    const bytes = await readFile(file);
    const etag = await uploadBytes(up, bytes, key);
    progress?.(bytes.length);

    return {
      size: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      etag,
    };
  }

  const send = size <= SINGLE ? uploadStream : uploadParts;
  const [etag, sha256] = await Promise.all([
    send(up, file, size, key, progress),
    hashBeside(file, size),
  ]);

  return { size, sha256, etag };
}

/** Sends bytes to a key; returns the ETag. */
export function uploadBytes(
  up: Uploader,
  bytes: Uint8Array,
  key: string,
): Promise<string> {
  return tried(up, () =>
    watched(up.signal, up.timing.idleMs, (signal) =>
      up.s3.putObject(key, bytes, bytes.length, contentType(key), signal),
    ),
  );
}

function uploadStream(
  up: Uploader,
  file: string,
  size: number,
  key: string,
  progress?: (bytes: number) => void,
) {
  const count = countOnce(progress);
  return tried(up, () =>
    watched(up.signal, up.timing.idleMs, (signal, touch) =>
      withBody(file, 0, size, both(count(0), touch), (body) =>
        up.s3.putObject(key, body, size, contentType(key), signal),
      ),
    ),
  );
}

async function uploadParts(
  up: Uploader,
  file: string,
  size: number,
  key: string,
  progress?: (bytes: number) => void,
) {
  const { s3, timing, signal: outer } = up;
  const partSize = Math.max(PART, Math.ceil(size / MOST_PARTS / MIB) * MIB);
  const uploadId = await tried(up, () =>
    watched(outer, timing.idleMs, (signal) =>
      s3.createUpload(key, contentType(key), signal),
    ),
  );

  try {
    const starts = Array.from(
      { length: Math.ceil(size / partSize) },
      (_, index) => index * partSize,
    );

    const etags = await inParallel(starts, PARTS_AT_ONCE, (start, index) => {
      const length = Math.min(partSize, size - start);
      const count = countOnce(progress);

      return tried(up, () =>
        watched(outer, timing.idleMs, (signal, touch) =>
          withBody(file, start, length, both(count(0), touch), (body) =>
            s3.uploadPart(
              key,
              { uploadId, number: index + 1, body, size: length },
              signal,
            ),
          ),
        ),
      );
    });

    return await completeUpload(up, key, uploadId, etags, size);
  } catch (error) {
    await s3
      .abortUpload(key, uploadId, AbortSignal.timeout(timing.farewellMs))
      .catch(() => {});
    throw error;
  }
}

/** A repeated completion is a server error to lakeFS: after a lost answer the object itself says whether it is there. */
async function completeUpload(
  up: Uploader,
  key: string,
  id: string,
  etags: string[],
  size: number,
) {
  const { s3, timing, signal: outer } = up;
  const md5s = etags.map((etag) => Buffer.from(etag, "hex"));
  const expected = createHash("md5").update(Buffer.concat(md5s)).digest("hex");

  return tried(up, () =>
    watched(outer, timing.slowMs, async (signal) => {
      try {
        return await s3.completeUpload(key, id, etags, signal);
      } catch (error) {
        if (
          !(
            error instanceof NoAnswer ||
            isRefusal(error, "broken") ||
            isRefusal(error, "missing")
          )
        )
          throw error;

        const there = await s3.headObject(key, signal).catch(() => null);
        if (there?.size === size && there.etag === expected) return expected;

        throw error;
      }
    }),
  );
}

/** A stretch of the file as a stream of its own, closed when the request is over. */
async function withBody<T>(
  file: string,
  start: number,
  length: number,
  count: (bytes: number) => void,
  work: (body: Readable) => Promise<T>,
): Promise<T> {
  const source = createReadStream(file, {
    start,
    end: start + length - 1,
    highWaterMark: CHUNK,
  });

  source.on("data", (chunk) => count(chunk.length));
  source.pause();

  try {
    return await work(source);
  } finally {
    source.destroy();
  }
}

function both(
  count: (bytes: number) => void,
  touch: () => void,
): (bytes: number) => void {
  return (bytes) => {
    count(bytes);
    touch();
  };
}

/** The file itself, never one behind a link: outputs of engines are not trusted. */
export async function regularSize(file: string): Promise<number> {
  const stats = await lstat(file);
  if (!stats.isFile())
    throw new UsageError(`${file} is no plain file`, {
      hint: "links, folders and devices are not published",
    });

  return stats.size;
}

/** Fixed by the name, because it is part of an object's identity. */
function contentType(key: string): string {
  if (key.endsWith(".json")) return "application/json";
  return key.endsWith(".html") ? "text/html" : "application/octet-stream";
}
