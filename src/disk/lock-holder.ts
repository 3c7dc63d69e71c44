import { lstat, readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { performance } from "node:perf_hooks";
import { kill, pid } from "node:process";
import { errorCode, orMissing } from "../node-error.ts";

/** A process, told from all others that could share a folder with it. */
export interface ProcessIdentity {
  host: string;
  /** Containers may share a host's name but not its process numbers; empty where the system does not say. */
  space: string;
  pid: number;
  /** Tells a process from a later one with the same number; empty where the system does not say. */
  started: string;
}

export interface Owner extends ProcessIdentity {
  token: string;
}

/** What a lock file says. Without an owner it is torn: no process holds a lock that does not name it. */
export interface Holder {
  token: string;
  owner: Owner | null;
  /** Whether this process can see whether the owner lives. */
  here: boolean;
  /** Changes with each sign of life. */
  sign: bigint;
}

const TORN = "torn";

export async function thisProcess(): Promise<ProcessIdentity> {
  return {
    host: hostname(),
    space: await spaceOf(),
    pid,
    started: await startOf(pid),
  };
}

/** Who holds the lock; null where there is none. */
export async function holderOf(file: string): Promise<Holder | null> {
  const text = await orMissing(lockText(file));
  const stats = await orMissing(lstat(file, { bigint: true }));
  if (text === null || stats === null) return null;

  const owner = parseOwner(text);

  return {
    token: owner?.token ?? TORN,
    owner,
    here: owner === null || (await isHere(owner)),
    sign: stats.mtimeNs,
  };
}

/** Whether the holder has certainly ended: only for processes that this one can see. */
export async function isGone({ owner, here }: Holder): Promise<boolean> {
  if (owner === null) return true;
  if (!here) return false;

  try {
    kill(owner.pid, 0);
  } catch (error) {
    return errorCode(error) === "ESRCH";
  }

  return owner.started !== (await startOf(owner.pid));
}

/** How long, in milliseconds by this process's own clock, a holder that is shown again and again gave no sign of life. */
export function silenceOf(): (holder: Holder) => number {
  let seen = { token: "", sign: 0n, since: 0 };

  return ({ token, sign }) => {
    const now = performance.now();
    if (token !== seen.token || sign !== seen.sign)
      seen = { token, sign, since: now };
    return now - seen.since;
  };
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

async function isHere({ host, space }: Partial<Owner>): Promise<boolean> {
  if (host !== hostname()) return false;
  return space === undefined || space === (await spaceOf());
}

/** The name space of process numbers, such as `pid:[4026531836]`. */
async function spaceOf(): Promise<string> {
  return readlink("/proc/self/ns/pid").catch(() => "");
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
