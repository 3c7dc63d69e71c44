import { randomBytes } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { orMissing } from "../node-error.ts";
import { removeTree } from "./remove-tree.ts";

/** Of commands that have `--out` for themselves while they run. */
const OWN = ["kept", "landing", "check-again", "promote"] as const;
/** Of commands that several may run in one `--out`. */
const SHARED = ["verify", "proof"] as const;

const SHARED_NAME = new RegExp(`^work-(?:${SHARED.join("|")})-[0-9a-f]{12}$`);
/** No job runs longer. Milliseconds. */
const ABANDONED_MS = 24 * 3_600_000;

/** Where files lie below `--out` while a command looks at them; not made yet. */
export function ownWork(out: string, what: (typeof OWN)[number]): string {
  return join(out, `work-${what}`);
}

/** The same for one of several commands: the folder has a new name. */
export function sharedWork(out: string, what: (typeof SHARED)[number]): string {
  return join(out, `work-${what}-${randomBytes(6).toString("hex")}`);
}

/**
 * Removes such folders that killed commands left: those of `sharedWork` after a day, those of `ownWork` at once where no
 * other command can use them, `isAlone`. What cannot be removed stays, as it is in nobody's way.
 */
export async function removeLeftWork(
  out: string,
  { now, isAlone }: { now: Date; isAlone: boolean },
): Promise<void> {
  const own = new Set(OWN.map((what) => `work-${what}`));

  for (const name of (await readdir(out).catch(() => null)) ?? []) {
    const isOwn = own.has(name);
    if (!isOwn && !SHARED_NAME.test(name)) continue;

    const path = join(out, name);
    const isLeft = isOwn ? isAlone : await isAbandoned(path, now);
    if (isLeft) await removeTree(path).catch(() => undefined);
  }
}

async function isAbandoned(path: string, now: Date): Promise<boolean> {
  const info = await orMissing(stat(path));
  return info !== null && now.getTime() - info.mtimeMs > ABANDONED_MS;
}
