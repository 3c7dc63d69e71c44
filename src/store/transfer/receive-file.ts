import { createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { notWritable } from "../../disk/not-writable.ts";
import { machineFault } from "../../machine-fault.ts";
import type { DigestThread } from "../digest-thread.ts";
import { openObject, otherSize } from "./open-object.ts";
import type { S3 } from "./s3-calls.ts";
import type { Broken } from "./tell-broken.ts";
import type { Wanted } from "./wanted.ts";

const MIB = 1 << 20;
/** The hash follows in steps of so many bytes. */
const STEP = 4 * MIB;

/** One object on its way to disk, over all tries. */
export interface Arrival {
  wanted: Wanted;
  partial: string;
  /** Follows what is on disk; null for small files, which are read at the end. */
  thread: DigestThread | null;
  count: (from: number) => (bytes: number) => void;
  again: Broken;
}

/**
 * Fetches what the file does not hold yet. Throws `NoAnswer` where the connection breaks: the next call goes on; `Garbled`
 * where another number of bytes came: the file is removed.
 */
export async function fetchRest(
  s3: S3,
  arrival: Arrival,
  signal: AbortSignal,
  touch: () => void,
): Promise<void> {
  const { wanted, partial, thread, again } = arrival;
  const { body, from } = await openObject(
    s3,
    wanted,
    await sizeOf(partial),
    signal,
  );

  if (from === 0) thread?.restart();
  again.opened(from);

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
      const isForPeople = ["EACCES", "EROFS"].includes(error.code ?? "");
      if (isForPeople || machineFault(error)) throw notWritable(partial, error);
      throw again.broken(error);
    },
  );

  const size = from + file.bytesWritten;
  if (size === wanted.size) return;

  // The connection was not lost: from here on it would be the same again.
  await onDisk(partial, rm(partial, { force: true }));
  throw otherSize(wanted, size);
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Runs work on a file; what the disk refuses is told to people. */
export async function onDisk<T>(target: string, work: Promise<T>): Promise<T> {
  return work.catch((error) => {
    throw notWritable(target, error);
  });
}
