import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { notWritable } from "../../document.ts";
import { ExternalError } from "../../errors.ts";
import { feedFile } from "../hash-file.ts";
import { NoAnswer } from "./errors.ts";
import { countOnce } from "./progress.ts";
import { retried } from "./retry.ts";
import type { S3 } from "./s3-client.ts";
import type { Timing } from "./timing.ts";
import { watched } from "./watchdog.ts";

export interface Downloader {
  s3: S3;
  timing: Timing;
  signal: AbortSignal;
}

export interface Wanted {
  key: string;
  etag: string;
  size: number;
}

/** Fetches an object to a file, which appears whole or not at all; goes on where a try broke off. Returns its sha256. */
export async function downloadObject(
  down: Downloader,
  wanted: Wanted,
  target: string,
  progress?: (bytes: number) => void,
): Promise<string> {
  const partial = `${target}.partial`;
  const count = countOnce(progress);
  try {
    await onDisk(target, mkdir(dirname(target), { recursive: true }));
    await rm(partial, { force: true });
    const sha256 = await retried(down.timing, down.signal, () =>
      watched(down.signal, down.timing.idleMs, (signal, touch) =>
        fetchRest(down.s3, wanted, partial, signal, touch, count),
      ),
    );
    await onDisk(target, rename(partial, target));
    return sha256;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function fetchRest(
  s3: S3,
  wanted: Wanted,
  partial: string,
  signal: AbortSignal,
  touch: () => void,
  count: (from: number) => (bytes: number) => void,
): Promise<string> {
  const there = await stat(partial).then(
    ({ size }) => (size < wanted.size ? size : 0),
    () => 0,
  );
  const { body, etag, from } = await s3.getObject(wanted.key, there, signal);
  if (etag !== wanted.etag) {
    body.destroy();
    throw new ExternalError(`${wanted.key} changed in the store while it was read`, {
      code: "changed-under-us",
      hint: "run again",
    });
  }
  const hash = createHash("sha256");
  if (from > 0) await feedFile(partial, hash);
  const advance = count(from);
  let size = from;
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        touch();
        hash.update(chunk);
        size += chunk.length;
        advance(chunk.length);
        yield chunk;
      }
    },
    createWriteStream(partial, { flags: from > 0 ? "a" : "w" }),
    { signal },
  ).catch((error: NodeJS.ErrnoException) => {
    if (["ENOSPC", "EDQUOT", "EACCES", "EROFS", "EFBIG"].includes(error.code ?? "")) throw notWritable(partial, error);
    throw new NoAnswer(error.message);
  });
  if (size !== wanted.size) throw new NoAnswer(`${size} of ${wanted.size} bytes arrived`);
  return hash.digest("hex");
}

async function onDisk<T>(target: string, work: Promise<T>): Promise<T> {
  return work.catch((error) => {
    throw notWritable(target, error);
  });
}
