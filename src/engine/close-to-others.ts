import { chmod, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

const OTHERS = 0o077;
const OTHERS_PASS = 0o011;
const STICKY = 0o1000;
const MODE = 0o7777;

/** Opens again what was closed. */
export type Reopen = () => Promise<void>;

/**
 * Takes everybody else's rights on these folders, but the way to what `needed` names below them: there, others pass and
 * see no name, and what lies beside it is closed. What is not there, or belongs to another user, is left out.
 */
export async function closeToOthers(
  folders: readonly string[],
  needed: readonly string[],
): Promise<Reopen> {
  const modes = new Map<string, number>();

  for (const folder of folders) await close(folder, needed, modes);

  return async () => {
    // A file of the checkout may be gone by now.
    for (const [path, mode] of [...modes].reverse())
      await chmod(path, mode).catch(() => undefined);
  };
}

async function close(
  path: string,
  needed: readonly string[],
  modes: Map<string, number>,
): Promise<void> {
  const found = await lstat(path).catch(() => null);
  // The mode of a link is that of its target, which lies elsewhere.
  if (!found || found.isSymbolicLink() || modes.has(path)) return;
  if (needed.includes(path)) return;
  // A folder that belongs to all of the machine's users, as the temporary one.
  if (found.isDirectory() && (found.mode & STICKY) !== 0) return;

  const isWay = needed.some((need) => need.startsWith(`${path}/`));
  const mode = (found.mode & MODE & ~OTHERS) | (isWay ? OTHERS_PASS : 0);
  if (mode !== (found.mode & MODE) && (await setMode(path, mode)))
    modes.set(path, found.mode & MODE);

  if (!isWay) return;
  for (const name of await readdir(path))
    await close(join(path, name), needed, modes);
}

async function setMode(path: string, mode: number): Promise<boolean> {
  return chmod(path, mode).then(
    () => true,
    () => false,
  );
}
