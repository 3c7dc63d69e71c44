import { randomUUID } from "node:crypto";
import {
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
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

/** What a lock file says. Without an owner it is torn: no process holds a lock that does not name it. */
interface Holder {
  token: string;
  owner: Owner | null;
}

const BREAKER = ".broken";
const TORN = "torn";

export interface LockOptions {
  signal: AbortSignal;
  /** How long to wait for another run. */
  patienceMs: number;
}

/**
 * Runs `work` while no other process does so under the same lock file. A lock of a dead process of this host is broken;
 * `ExternalError` where another holder stays longer than the patience.
 */
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

/**
 * What killed processes left beside the lock: locks that were prepared (by earlier versions), whole or torn, and locks
 * that decided who breaks a dead one. Only under the lock: then no dead one is left that the latter could be about.
 */
async function removeLeftovers(file: string): Promise<void> {
  for (const name of await readdir(dirname(file))) {
    if (!name.startsWith(`${basename(file)}.`)) continue;

    const leftover = join(dirname(file), name);
    const holder = await holderOf(leftover);
    if (holder && (await isGone(holder))) await rm(leftover, { force: true });
  }
}

async function acquire(file: string, options: LockOptions): Promise<string> {
  const me: Owner = {
    host: hostname(),
    pid,
    started: await startOf(pid),
    token: randomUUID(),
  };

  for (let waited = 0; ; ) {
    options.signal.throwIfAborted();
    if (await taken(file, me)) return me.token;

    const holder = await holderOf(file);
    if (holder && (await isGone(holder)))
      await breakLock(file, holder.token, options);
    else if (waited >= options.patienceMs)
      throw held(file, holder?.owner ?? null);
    else {
      const pause = 20 + Math.floor(Math.random() * 80);
      await sleep(pause);
      waited += pause;
    }
  }
}

/** A symbolic link is made in one step, with its text: nobody sees half a lock, and a kill leaves a whole one or none. */
async function taken(file: string, me: Owner): Promise<boolean> {
  try {
    await symlink(JSON.stringify(me), file);
    return true;
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    // A network drive may do the step, lose the answer, and be asked again.
    return (await holderOf(file))?.token === me.token;
  }
}

/**
 * Removes a dead process's lock. Who may do so is itself decided by a lock, named after the dead one's token, so that a
 * slow breaker never removes the lock of the next owner.
 */
async function breakLock(
  file: string,
  dead: string,
  options: LockOptions,
): Promise<void> {
  const breaker = `${file}.${dead}${BREAKER}`;
  const token = await acquire(breaker, options);

  try {
    await release(file, dead);
  } finally {
    await release(breaker, token);
  }
}

async function release(file: string, token: string): Promise<void> {
  if ((await holderOf(file))?.token === token) await rm(file, { force: true });
}

/** Who holds the lock; null where there is none. */
async function holderOf(file: string): Promise<Holder | null> {
  const text = await orMissing(lockText(file));
  if (text === null) return null;

  const owner = parseOwner(text);
  return { token: owner?.token ?? TORN, owner };
}

/** The link's text; earlier versions made plain files. */
async function lockText(file: string): Promise<string> {
  try {
    return await readlink(file);
  } catch (error) {
    if (errorCode(error) !== "EINVAL") throw error;
    return readFile(file, "utf8");
  }
}

/** Null for text that no process wrote to its end. */
function parseOwner(text: string): Owner | null {
  try {
    const owner = JSON.parse(text) as Partial<Owner> | null;
    const whole =
      /^[\w-]+$/.test(owner?.token ?? "") &&
      typeof owner?.host === "string" &&
      Number.isInteger(owner.pid);
    return whole ? (owner as Owner) : null;
  } catch {
    return null;
  }
}

async function isGone({ owner }: Holder): Promise<boolean> {
  if (owner === null) return true;
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
