import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Digest } from "../digest.ts";
import { digestAside, writeDigested } from "../digest-files.ts";
import { digestThread, md5sBeside } from "../digest-thread.ts";
import { giveBack, SHARED, takeBytes } from "../shared-bytes.ts";
import { isChecksumOf, likelyPartSizes, otherPartSizes } from "./checksum.ts";
import { inStep } from "./object-step.ts";
import { countOnce } from "./progress.ts";
import { type Arrived, prove } from "./prove.ts";
import { receiveBytes } from "./receive-bytes.ts";
import { type Arrival, fetchRest, onDisk } from "./receive-file.ts";
import { tellBroken } from "./tell-broken.ts";
import { tried } from "./tried.ts";
import type { Downloader, Wanted } from "./wanted.ts";
import { watched } from "./watchdog.ts";

const MIB = 1 << 20;
/** From here on a file is hashed while it arrives. */
const LARGE = 32 * MIB;

export interface Downloaded {
  sha256: string;
  /** Whether these are certainly the bytes that the store was given. */
  proved: boolean;
}

type Way = Omit<Arrival, "thread" | "again">;

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
    const { arrived, proved } = await inStep("download", wanted.path, () =>
      prove({
        name: wanted.path,
        size: wanted.size,
        facts: wanted.facts,
        read: () => readOnce(down, { wanted, partial, count }),
        watch: down.watch,
      }),
    );

    await onDisk(target, rename(partial, target));

    return { sha256: arrived.sha256, proved };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Fetches the object from its start; goes on where a try broke off. */
async function readOnce(down: Downloader, way: Way): Promise<Arrived> {
  const { wanted, partial } = way;
  const { sha256, parts } = await (wanted.size <= SHARED
    ? byMemory(down, way)
    : byDisk(down, way));

  return {
    sha256,
    md5: parts[0] ?? "",
    fits: async () =>
      isChecksumOf(wanted.etag, parts) ||
      (await fitsInParts(wanted, partial, likelyPartSizes(wanted.size))),
    fitsInOtherParts: (count) =>
      fitsInParts(wanted, partial, otherPartSizes(wanted.size, count)),
  };
}

async function byMemory(
  down: Downloader,
  { wanted, partial, count }: Way,
): Promise<Digest> {
  const bytes = takeBytes(wanted.size);

  try {
    await receiveBytes(down, wanted, bytes, count);
    return await onDisk(partial, writeDigested(partial, bytes));
  } finally {
    giveBack(bytes);
  }
}

async function byDisk(down: Downloader, way: Way): Promise<Digest> {
  const { wanted, partial } = way;
  await onDisk(partial, rm(partial, { force: true }));
  const thread = wanted.size >= LARGE ? digestThread(partial) : null;
  const again = tellBroken(down, wanted);

  try {
    await tried(down, () =>
      watched(down.signal, down.timing.idleMs, (signal, touch) =>
        fetchRest(down.s3, { ...way, thread, again }, signal, touch),
      ),
    );

    return await (thread
      ? thread.digest(wanted.size)
      : digestAside(partial, wanted.size));
  } finally {
    await thread?.stop();
  }
}

/** Whether the checksum is that of an upload in parts of one of these sizes. */
async function fitsInParts(
  { etag, size }: Wanted,
  file: string,
  partSizes: readonly number[],
): Promise<boolean> {
  for (const partSize of partSizes) {
    const parts = await md5sBeside(file, size, partSize);
    if (isChecksumOf(etag, parts)) return true;
  }

  return false;
}
