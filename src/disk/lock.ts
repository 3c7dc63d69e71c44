import { randomUUID } from "node:crypto";
import { lutimes, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ExternalError } from "../errors.ts";
import { errorCode } from "../node-error.ts";
import {
  type Holder,
  holderOf,
  isGone,
  type Owner,
  silenceOf,
  thisProcess,
} from "./lock-holder.ts";
import { notWritable } from "./not-writable.ts";

const BREAKER = ".broken";

export interface LockOptions {
  signal: AbortSignal;
  /** How long to wait for another process, in milliseconds. */
  patienceMs: number;
  /** What the holder does, for the error: `publishing into this store`. */
  doing: string;
  /** Hears once that another process has the lock. */
  waiting?: () => void;
  /**
   * After so many milliseconds without a sign of life the holder on another machine is taken for dead; its own signs
   * come six times as often. Absent: such a lock is left to people.
   */
  silenceMs?: number;
}

/**
 * Runs `work` while no other process does so under the same lock file. A lock of a dead process of this host is broken;
 * `ExternalError` where another holder stays longer than the patience, `UsageError` where no lock can be made.
 */
export async function withLock<T>(
  file: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  await writable(file, mkdir(dirname(file), { recursive: true }));
  const token = await acquire(file, options);
  const signs = options.silenceMs && signsOfLife(file, options.silenceMs / 6);

  try {
    await removeLeftovers(file);
    return await work();
  } finally {
    clearInterval(signs);
    await release(file, token);
  }
}

function signsOfLife(file: string, everyMs: number): NodeJS.Timeout {
  return setInterval(() => {
    const now = new Date();
    // A sign that fails is followed by the next one.
    lutimes(file, now, now).catch(() => undefined);
  }, everyMs);
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
  const me: Owner = { ...(await thisProcess()), token: randomUUID() };
  const silence = silenceOf();

  for (let waited = 0; ; ) {
    options.signal.throwIfAborted();
    if (await writable(file, taken(file, me))) return me.token;

    const holder = await holderOf(file);
    if (!holder) continue;

    if (await isDead(holder, silence(holder), options)) {
      await breakLock(file, holder.token, options);
      continue;
    }

    if (waited >= options.patienceMs) throw held(file, holder, options);
    if (waited === 0) options.waiting?.();

    const pause = 20 + Math.floor(Math.random() * 80);
    await sleep(pause);
    waited += pause;
  }
}

async function isDead(
  holder: Holder,
  silentMs: number,
  { silenceMs }: LockOptions,
): Promise<boolean> {
  if (await isGone(holder)) return true;
  const elsewhere = !holder.here;
  return elsewhere && silenceMs !== undefined && silentMs >= silenceMs;
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
  { waiting: _, ...options }: LockOptions,
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

async function writable<T>(file: string, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw notWritable(file, error);
  });
}

function held(
  file: string,
  { owner }: Holder,
  { doing }: LockOptions,
): ExternalError {
  const who = owner
    ? `process ${owner.pid} on ${owner.host}`
    : "another process";
  return new ExternalError(`${who} is ${doing} and does not finish`, {
    code: "locked",
    hint: `run again later; if that process no longer exists, remove ${file}`,
  });
}
