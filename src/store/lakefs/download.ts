import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { notWritable } from "../../document.ts";
import { ExternalError } from "../../errors.ts";
import { hashFile } from "../../hash-file.ts";
import { type HashThread, hashThread } from "../hash-thread.ts";
import { NoAnswer } from "./errors.ts";
import { countOnce } from "./progress.ts";
import type { S3 } from "./s3-client.ts";
import type { Timing } from "./timing.ts";
import { tried } from "./tried.ts";
import { watched } from "./watchdog.ts";

const MIB = 1 << 20;
/** From here on a file is hashed while it arrives. */
const LARGE = 32 * MIB;
/** The hash follows in steps of so many bytes. */
const STEP = 4 * MIB;

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

/** One object on its way to disk, over all tries. */
interface Arrival {
  wanted: Wanted;
  partial: string;
  /** Follows what is on disk; null for small files, which are hashed at the end. */
  thread: HashThread | null;
  count: (from: number) => (bytes: number) => void;
}

/** Fetches an object to a file, which appears whole or not at all; goes on where a try broke off. Returns its sha256. */
export async function downloadObject(
  down: Downloader,
  wanted: Wanted,
  target: string,
  progress?: (bytes: number) => void,
): Promise<string> {
  const partial = `${target}.partial`;
  await onDisk(target, mkdir(dirname(target), { recursive: true }));
  await onDisk(target, rm(partial, { force: true }));

  const thread = wanted.size >= LARGE ? hashThread(partial) : null;
  const arrival: Arrival = {
    wanted,
    partial,
    thread,
    count: countOnce(progress),
  };

  try {
    await tried(down, () =>
      watched(down.signal, down.timing.idleMs, (signal, touch) =>
        fetchRest(down.s3, arrival, signal, touch),
      ),
    );
    const sha256 = await (thread
      ? thread.digest(wanted.size)
      : hashFile(partial));

    await onDisk(target, rename(partial, target));

    return sha256;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    await thread?.stop();
  }
}

async function fetchRest(
  s3: S3,
  arrival: Arrival,
  signal: AbortSignal,
  touch: () => void,
): Promise<void> {
  const { wanted, partial, thread } = arrival;
  const there = await sizeOf(partial);
  const { body, etag, from } = await s3.getObject(
    wanted.key,
    there < wanted.size ? there : 0,
    signal,
  );

  if (etag !== wanted.etag) {
    body.destroy();
    throw new ExternalError(
      `${wanted.key} changed in the store while it was read`,
      {
        code: "changed-under-us",
        hint: "run again",
      },
    );
  }

  if (from === 0) thread?.restart();

  const advance = arrival.count(from);
  const file = createWriteStream(partial, { flags: from > 0 ? "a" : "w" });
  let told = 0;

  body.on("data", (chunk: Buffer) => {
    touch();
    advance(chunk.length);
    if (file.bytesWritten - told < STEP) return;

    told = file.bytesWritten;
    thread?.upTo(from + told);
  });
  await pipeline(body, file, { signal }).catch(
    (error: NodeJS.ErrnoException) => {
      if (
        ["ENOSPC", "EDQUOT", "EACCES", "EROFS", "EFBIG"].includes(
          error.code ?? "",
        )
      )
        throw notWritable(partial, error);
      throw new NoAnswer(error.message);
    },
  );

  const size = from + file.bytesWritten;
  if (size !== wanted.size)
    throw new NoAnswer(`${size} of ${wanted.size} bytes arrived`);
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function onDisk<T>(target: string, work: Promise<T>): Promise<T> {
  return work.catch((error) => {
    throw notWritable(target, error);
  });
}
