import { Worker } from "node:worker_threads";

/** Hashes a file that is still being written, in a thread of its own: sha256 takes as long as the transfer itself. */
export interface HashThread {
  /** So many bytes are in the file. */
  upTo(bytes: number): void;
  /** What was hashed is void: the file is written anew. */
  restart(): void;
  /** sha256 of the file's first `size` bytes, in hex. */
  digest(size: number): Promise<string>;
  stop(): Promise<void>;
}

// As text, so that it needs no file of its own beside the bundle.
const PROGRAM = `
const { parentPort, workerData } = require("node:worker_threads");
const { closeSync, openSync, readSync } = require("node:fs");
const { createHash } = require("node:crypto");
const buffer = Buffer.allocUnsafe(1 << 20);
let hash = createHash("sha256");
let file = null;
let done = 0;
parentPort.on("message", ({ upTo, restart, end }) => {
  if (restart) {
    if (file !== null) closeSync(file);
    hash = createHash("sha256");
    done = 0;
    file = null;
    return;
  }
  file ??= openSync(workerData, "r");
  while (done < upTo) {
    const count = readSync(file, buffer, 0, Math.min(buffer.length, upTo - done), done);
    if (count === 0) break;
    hash.update(buffer.subarray(0, count));
    done += count;
  }
  if (end) parentPort.postMessage({ done, sha256: hash.digest("hex") });
});
`;

export function hashThread(path: string): HashThread {
  const worker = new Worker(PROGRAM, { eval: true, workerData: path });
  const answer = new Promise<{ done: number; sha256: string }>(
    (resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    },
  );

  // Stopped before it was asked: nobody waits.
  answer.catch(() => {});

  return {
    upTo: (bytes) => worker.postMessage({ upTo: bytes }),
    restart: () => worker.postMessage({ restart: true }),
    async digest(size) {
      worker.postMessage({ upTo: size, end: true });
      const { done, sha256 } = await answer;
      if (done !== size)
        throw new Error(`${path} has ${done} bytes instead of ${size}`);

      return sha256;
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}

/** sha256 of a whole file, in hex, beside whatever the main thread does. */
export async function hashBeside(path: string, size: number): Promise<string> {
  const thread = hashThread(path);
  try {
    return await thread.digest(size);
  } finally {
    await thread.stop();
  }
}
