import { writeFile } from "node:fs/promises";
import type { Worker } from "node:worker_threads";
import { type Digest, digestBytes, FILE_CHANGED } from "./digest.ts";
import { workerOf } from "./worker-of.ts";

/** Up to here a thread costs more than it saves. Bytes. */
const TINY = 64 * 1024;

/**
 * Reads a file into `bytes` and digests it, beside the main thread. Throws what reading it throws, and `FILE_CHANGED`
 * where the file has another size than `bytes`.
 */
export function readDigested(
  path: string,
  bytes: Uint8Array<SharedArrayBuffer>,
): Promise<Digest> {
  return ask({ way: "read", path, bytes });
}

/** Writes a file anew and digests what it was given, beside the main thread. Throws what writing it throws. */
export async function writeDigested(
  path: string,
  bytes: Uint8Array<SharedArrayBuffer>,
): Promise<Digest> {
  if (bytes.length > TINY) return ask({ way: "write", path, bytes });

  await writeFile(path, bytes);
  return digestBytes(bytes);
}

/** Digests a file on the disk, beside the main thread. Throws what reading it throws, and `FILE_CHANGED` where it has another size. */
export function digestAside(path: string, size: number): Promise<Digest> {
  return ask({ way: "digest", path, size });
}

type Task = { path: string } & (
  | { way: "read" | "write"; bytes: Uint8Array<SharedArrayBuffer> }
  | { way: "digest"; size: number }
);

type Told = { id: number } & (
  | Digest
  | { failed: { message: string; code: string | undefined } }
);

interface Waiting {
  resolve(answer: Digest): void;
  reject(error: Error): void;
}

const PROGRAM = `
const { parentPort } = require("node:worker_threads");
const { closeSync, openSync, readSync, writeFileSync } = require("node:fs");
const { createHash } = require("node:crypto");
const buffer = Buffer.allocUnsafe(1 << 20);
const changed = (path) =>
  Object.assign(new Error(path + " changed while it was read"), { code: "${FILE_CHANGED}" });
const opened = (path, work) => {
  const file = openSync(path, "r");
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
};
const read = (path, bytes) =>
  opened(path, (file) => {
    let done = 0;
    for (let count; done < bytes.length; done += count) {
      count = readSync(file, bytes, done, bytes.length - done, done);
      if (count === 0) throw changed(path);
    }
    if (readSync(file, buffer, 0, 1, done) > 0) throw changed(path);
  });
const digest = (feed) => {
  const [sha256, md5] = [createHash("sha256"), createHash("md5")];
  feed((bytes) => {
    sha256.update(bytes);
    md5.update(bytes);
  });
  return { sha256: sha256.digest("hex"), parts: [md5.digest("hex")] };
};
const ways = {
  read: ({ path, bytes }) => {
    read(path, bytes);
    return digest((update) => update(bytes));
  },
  write: ({ path, bytes }) => {
    writeFileSync(path, bytes);
    return digest((update) => update(bytes));
  },
  digest: ({ path, size }) =>
    opened(path, (file) =>
      digest((update) => {
        let done = 0;
        for (let count = 1; count > 0; done += count) {
          count = readSync(file, buffer, 0, buffer.length, done);
          update(buffer.subarray(0, count));
        }
        if (done !== size) throw changed(path);
      }),
    ),
};
parentPort.on("message", ({ id, task }) => {
  try {
    parentPort.postMessage({ id, ...ways[task.way](task) });
  } catch ({ message, code }) {
    parentPort.postMessage({ id, failed: { message, code } });
  }
});
`;

/** One for the process: it starts with the first file, and does not keep the process alive. */
let thread: { worker: Worker; waiting: Map<number, Waiting> } | null = null;
let asked = 0;

function ask(task: Task): Promise<Digest> {
  thread ??= startThread();
  const { worker, waiting } = thread;
  const id = asked++;

  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.ref();
    worker.postMessage({ id, task });
  });
}

function startThread() {
  const worker = workerOf(PROGRAM);
  const waiting = new Map<number, Waiting>();

  worker.on("message", ({ id, ...told }: Told) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();

    if (!("failed" in told)) return asker?.resolve(told);
    const { message, code } = told.failed;
    asker?.reject(Object.assign(new Error(message), code && { code }));
  });
  worker.on("error", (error) => {
    thread = null;
    for (const { reject } of waiting.values()) reject(error);
  });

  return { worker, waiting };
}
