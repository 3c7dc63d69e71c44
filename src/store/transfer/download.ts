import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { notWritable } from "../../document.ts";
import { ExternalError } from "../../errors.ts";
import { machineFault } from "../../machine-fault.ts";
import { digestFile } from "../digest.ts";
import {
  type DigestThread,
  digestBeside,
  digestThread,
} from "../digest-thread.ts";
import { isChecksumOf, likelyPartSizes } from "./checksum.ts";
import { Garbled, NoAnswer } from "./errors.ts";
import { countOnce } from "./progress.ts";
import { type Arrived, type ObjectFacts, prove } from "./prove.ts";
import type { S3 } from "./s3-calls.ts";
import { type Patience, tried } from "./tried.ts";
import { watched } from "./watchdog.ts";

const MIB = 1 << 20;
/** From here on a file is hashed while it arrives. */
const LARGE = 32 * MIB;
/** The hash follows in steps of so many bytes. */
const STEP = 4 * MIB;

export interface Downloader extends Patience {
  s3: S3;
}

export interface Wanted {
  path: string;
  /** `<ref>/<path>` */
  key: string;
  etag: string;
  size: number;
  /** Asked only where the checksum proves nothing. */
  facts(): Promise<ObjectFacts>;
}

export interface Downloaded {
  sha256: string;
  /** Whether these are certainly the bytes that the store was given. */
  proved: boolean;
}

/** One object on its way to disk, over all tries. */
interface Arrival {
  wanted: Wanted;
  partial: string;
  /** Follows what is on disk; null for small files, which are read at the end. */
  thread: DigestThread | null;
  count: (from: number) => (bytes: number) => void;
}

/** Fetches an object to a file, which appears whole or not at all. */
export async function downloadObject(
  down: Downloader,
  wanted: Wanted,
  target: string,
  progress?: (bytes: number) => void,
): Promise<Downloaded> {
  const partial = `${target}.partial`;
  const count = countOnce(progress);
  await onDisk(target, mkdir(dirname(target), { recursive: true }));

  try {
    const { arrived, proved } = await prove({
      name: wanted.path,
      size: wanted.size,
      facts: wanted.facts,
      read: () => readOnce(down, { wanted, partial, count }),
    });

    await onDisk(target, rename(partial, target));

    return { sha256: arrived.sha256, proved };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Fetches the object from its start; goes on where a try broke off. */
async function readOnce(
  down: Downloader,
  way: Omit<Arrival, "thread">,
): Promise<Arrived> {
  const { wanted, partial } = way;
  await onDisk(partial, rm(partial, { force: true }));
  const thread = wanted.size >= LARGE ? digestThread(partial) : null;

  try {
    await tried(down, () =>
      watched(down.signal, down.timing.idleMs, (signal, touch) =>
        fetchRest(down.s3, { ...way, thread }, signal, touch),
      ),
    );

    const { sha256, parts } = await (thread
      ? thread.digest(wanted.size)
      : digestFile(partial));

    return {
      sha256,
      md5: parts[0] ?? "",
      fits: async () =>
        isChecksumOf(wanted.etag, parts) ||
        (await fitsInParts(wanted, partial)),
    };
  } finally {
    await thread?.stop();
  }
}

/** Whether the checksum is that of an upload in parts of a usual size. */
async function fitsInParts(
  { etag, size }: Wanted,
  file: string,
): Promise<boolean> {
  for (const partSize of likelyPartSizes(size)) {
    const { parts } = await digestBeside(file, size, partSize);
    if (isChecksumOf(etag, parts)) return true;
  }

  return false;
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
      const isForPeople = ["EACCES", "EROFS"].includes(error.code ?? "");
      if (isForPeople || machineFault(error)) throw notWritable(partial, error);
      throw new NoAnswer(error.message);
    },
  );

  const size = from + file.bytesWritten;
  if (size === wanted.size) return;

  // The connection was not lost: from here on it would be the same again.
  await onDisk(partial, rm(partial, { force: true }));
  throw new Garbled(
    `${size} bytes of ${wanted.path} arrived, but it is listed with ${wanted.size}`,
  );
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
