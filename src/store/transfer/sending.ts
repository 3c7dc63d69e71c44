import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
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

/** A stretch of the file as a stream of its own, closed when the request is over. */
export async function withBody<T>(
  { file, start, length }: { file: string; start: number; length: number },
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
