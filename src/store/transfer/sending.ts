import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { changedFile, readingError } from "./changed-file.ts";
import type { S3 } from "./s3-calls.ts";
import type { Patience } from "./tried.ts";

/** Read at once; larger ones are no faster, and wait longer for the garbage collector. */
const CHUNK = 256 * 1024;

export interface Uploader extends Patience {
  s3: S3;
}

/** A file on its way to the store. */
export interface Sending {
  file: string;
  size: number;
  /** `<ref>/<path>` */
  key: string;
  progress: ((bytes: number) => void) | undefined;
}

/** Bytes of a file, from `start` on. */
export interface Stretch {
  file: string;
  start: number;
  length: number;
  /** Ends the request. */
  signal: AbortSignal;
}

/**
 * A stretch of the file as a stream of its own, closed when the request is over. The signal that `work` gets ends the
 * request also where the file cannot be read, or has fewer bytes by now: nobody else would tell the server. Then it throws
 * what reading threw, or `ExternalError`.
 */
export async function withBody<T>(
  { file, start, length, signal }: Stretch,
  count: (bytes: number) => void,
  work: (body: Readable, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const broken = new AbortController();
  let read = 0;

  const source = createReadStream(file, {
    start,
    end: start + length - 1,
    highWaterMark: CHUNK,
  });

  source.on("data", (chunk) => {
    read += chunk.length;
    count(chunk.length);
  });
  source.on("error", (error) => broken.abort(readingError(file, error)));
  source.on("end", () => {
    if (read < length) broken.abort(changedFile(file));
  });
  source.pause();

  try {
    return await work(source, AbortSignal.any([signal, broken.signal]));
  } catch (error) {
    broken.signal.throwIfAborted();
    throw error;
  } finally {
    source.destroy();
  }
}

/** Counts bytes, and says that something moves. */
export function both(
  count: (bytes: number) => void,
  touch: () => void,
): (bytes: number) => void {
  return (bytes) => {
    count(bytes);
    touch();
  };
}
