import { mkdir, open, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import { notWritable } from "../document.ts";

const ALIVE_EVERY_MS = 5000;
const DEAD_AFTER_MS = 30_000;
const LOOK_EVERY_MS = 500;

/**
 * Does `work` while no other process does it, on this machine or on another with the same cache: the holder of the lock
 * file touches it every 5 s; one that was not touched for 30 s belongs to a process that is gone.
 */
export async function withLock<T>(
  ctx: Pick<Context, "log" | "now" | "signal">,
  file: string,
  waiting: string,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true }).catch((error) =>
    Promise.reject(notWritable(file, error)),
  );

  let told = false;
  while (!(await take(file))) {
    if (!told) ctx.log.info(waiting);

    told = true;
    await takeAway(ctx.now(), file);
    await sleep(LOOK_EVERY_MS, undefined, { signal: ctx.signal }).catch(() =>
      ctx.signal.throwIfAborted(),
    );
  }

  const alive = setInterval(
    () => void utimes(file, ctx.now(), ctx.now()).catch(() => undefined),
    ALIVE_EVERY_MS,
  );

  try {
    return await work();
  } finally {
    clearInterval(alive);
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await (await open(file, "wx")).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw notWritable(file, error);
  }
}

/** By a rename, so that of two who find it dead only one takes it away. */
async function takeAway(now: Date, file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (!found || now.getTime() - found.mtimeMs < DEAD_AFTER_MS) return;

  const aside = `${file}.${found.ino}`;
  await rename(file, aside).catch(() => undefined);
  await rm(aside, { force: true });
}
