import { randomUUID } from "node:crypto";
import {
  link,
  mkdir,
  readdir,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { kill, pid } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { ExternalError } from "../../errors.ts";
import { errorCode, orMissing } from "./node-error.ts";

interface Owner {
  host: string;
  pid: number;
  /** Tells a process from a later one with the same number; empty where the system does not say. */
  started: string;
  token: string;
}

const BREAKER = ".broken";

export interface LockOptions {
  signal: AbortSignal;
  /** How long to wait for another run. */
  patienceMs: number;
}

/** Runs `work` while no other process does so under the same lock file. A lock of a dead process of this host is broken. */
export async function withLock<T>(
  file: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const token = await acquire(file, options);
  try {
    await removeLeftovers(file);
    return await work();
  } finally {
    await release(file, token);
  }
}

/** Locks that were prepared by processes which were killed before they had them. */
async function removeLeftovers(file: string): Promise<void> {
  for (const name of await readdir(dirname(file))) {
    if (!name.startsWith(`${basename(file)}.`) || name.endsWith(BREAKER))
      continue;

    const prepared = join(dirname(file), name);
    const owner = await ownerOf(prepared);
    if (owner && (await isDead(owner))) await rm(prepared, { force: true });
  }
}

async function acquire(file: string, options: LockOptions): Promise<string> {
  const me: Owner = {
    host: hostname(),
    pid,
    started: await startOf(pid),
    token: randomUUID(),
  };

  const prepared = `${file}.${me.token}`;
  await writeFile(prepared, JSON.stringify(me));

  try {
    for (let waited = 0; ; ) {
      options.signal.throwIfAborted();
      // A hard link appears with its content, and only where none was: no other process sees a half-written lock.
      if (await linked(prepared, file)) return me.token;

      const owner = await ownerOf(file);
      if (owner && (await isDead(owner))) await breakLock(file, owner, options);
      else if (waited >= options.patienceMs) throw held(file, owner);
      else {
        const pause = 20 + Math.floor(Math.random() * 80);
        await sleep(pause);
        waited += pause;
      }
    }
  } finally {
    await rm(prepared, { force: true });
  }
}

/**
 * Removes a dead process's lock. Who may do so is itself decided by a lock, named after the dead one's token, so that a
 * slow breaker never removes the lock of the next owner.
 */
async function breakLock(
  file: string,
  dead: Owner,
  options: LockOptions,
): Promise<void> {
  const breaker = `${file}.${dead.token}${BREAKER}`;
  const token = await acquire(breaker, options);

  try {
    if ((await ownerOf(file))?.token === dead.token)
      await rm(file, { force: true });
  } finally {
    await release(breaker, token);
  }
}

async function release(file: string, token: string): Promise<void> {
  if ((await ownerOf(file))?.token === token) await rm(file, { force: true });
}

async function linked(prepared: string, file: string): Promise<boolean> {
  try {
    await link(prepared, file);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function ownerOf(file: string): Promise<Owner | null> {
  const text = await orMissing(readFile(file, "utf8"));
  // A prepared lock of a process that was killed while it wrote may be empty.
  return text ? (JSON.parse(text) as Owner) : null;
}

async function isDead(owner: Owner): Promise<boolean> {
  if (owner.host !== hostname()) return false;

  try {
    kill(owner.pid, 0);
  } catch (error) {
    return errorCode(error) === "ESRCH";
  }

  return owner.started !== (await startOf(owner.pid));
}

/**
 * The process's start in clock ticks (field 22 of `/proc/<pid>/stat`, the third is its state, both after the name in
 * brackets); empty for one that ended and that nobody waited for.
 */
async function startOf(process: number): Promise<string> {
  const text = await readFile(`/proc/${process}/stat`, "utf8").catch(() => "");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? "" : (fields[19] ?? "");
}

function held(file: string, owner: Owner | null): ExternalError {
  const who = owner
    ? `process ${owner.pid} on ${owner.host}`
    : "another process";
  return new ExternalError(
    `${who} is publishing into this store and does not end`,
    {
      code: "store-locked",
      hint: `run again later; if that process is gone for good, remove ${file}`,
    },
  );
}
