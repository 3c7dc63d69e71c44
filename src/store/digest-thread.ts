import { type Digest, FILE_CHANGED } from "./digest.ts";
import { workerOf } from "./worker-of.ts";

/** Digests a file that is still being written, in a thread of its own: it takes as long as the transfer itself. */
export interface DigestThread {
  /** So many bytes are in the file. */
  upTo(bytes: number): void;
  /** What was read is void: the file is written anew. */
  restart(): void;
  /** Of the file's first `size` bytes. Throws `FILE_CHANGED` where it has fewer. */
  digest(size: number): Promise<Digest>;
  stop(): Promise<void>;
}

const PROGRAM = `
const { parentPort, workerData } = require("node:worker_threads");
const { closeSync, openSync, readSync } = require("node:fs");
const { createHash } = require("node:crypto");
const { path, partSize, isWhole } = workerData;
const buffer = Buffer.allocUnsafe(1 << 20);
let file = null;
let done, inPart, sha256, md5, parts;
const begin = () => {
  done = 0;
  inPart = 0;
  sha256 = createHash("sha256");
  md5 = createHash("md5");
  parts = [];
};
const endPart = () => {
  parts.push(md5.digest("hex"));
  md5 = createHash("md5");
  inPart = 0;
};
begin();
parentPort.on("message", ({ upTo, restart, end }) => {
  if (restart) {
    if (file !== null) closeSync(file);
    file = null;
    begin();
    return;
  }
  file ??= openSync(path, "r");
  while (done < upTo) {
    const most = Math.min(buffer.length, upTo - done, partSize - inPart);
    const count = readSync(file, buffer, 0, most, done);
    if (count === 0) break;
    const chunk = buffer.subarray(0, count);
    if (isWhole) sha256.update(chunk);
    md5.update(chunk);
    done += count;
    inPart += count;
    if (inPart === partSize) endPart();
  }
  if (!end) return;
  if (inPart > 0 || parts.length === 0) endPart();
  parentPort.postMessage({ done, sha256: sha256.digest("hex"), parts });
});
`;

/** `partSize` in bytes; absent: the file is one part. */
export function digestThread(
  path: string,
  partSize = Number.POSITIVE_INFINITY,
): DigestThread {
  return startThread({ path, partSize, isWhole: true });
}

interface Wish {
  path: string;
  partSize: number;
  /** Also the sha256 of all. */
  isWhole: boolean;
}

function startThread(workerData: Wish): DigestThread {
  const { path } = workerData;
  const worker = workerOf(PROGRAM, workerData);

  const answer = new Promise<Digest & { done: number }>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });

  // Stopped before it was asked: nobody waits.
  answer.catch(() => {});

  return {
    upTo: (bytes) => worker.postMessage({ upTo: bytes }),
    restart: () => worker.postMessage({ restart: true }),
    async digest(size) {
      worker.postMessage({ upTo: size, end: true });
      const { done, sha256, parts } = await answer;
      if (done !== size)
        throw Object.assign(
          new Error(`${path} has ${done} bytes instead of ${size}`),
          { code: FILE_CHANGED },
        );

      return { sha256, parts };
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}

/** Of a whole file, beside whatever the main thread does. */
export async function digestBeside(
  path: string,
  size: number,
  partSize?: number,
): Promise<Digest> {
  return wholeDigest(digestThread(path, partSize), size);
}

/** md5 of each part of a file, as hex, in order; beside whatever the main thread does. `partSize` in bytes. */
export async function md5sBeside(
  path: string,
  size: number,
  partSize: number,
): Promise<string[]> {
  const wish = { path, partSize, isWhole: false };
  const { parts } = await wholeDigest(startThread(wish), size);

  return parts;
}

async function wholeDigest(
  thread: DigestThread,
  size: number,
): Promise<Digest> {
  try {
    return await thread.digest(size);
  } finally {
    await thread.stop();
  }
}
