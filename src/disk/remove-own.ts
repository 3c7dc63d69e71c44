import { lstatSync, readdirSync } from "node:fs";
import { rm, unlink } from "node:fs/promises";
import { join } from "node:path";

/**
 * Removes from a folder the files and folders that are this program's, by name, and the folder itself where nothing else
 * is in it: what a user keeps beside them stays. A link in the folder's place goes, a file there stays.
 */
export async function removeOwn(
  folder: string,
  own: ReadonlySet<string>,
): Promise<void> {
  const there = lstatSync(folder, { throwIfNoEntry: false });
  if (there?.isSymbolicLink()) return unlink(folder);
  if (!there?.isDirectory()) return;

  const names = readdirSync(folder);
  // A process that was killed while it wrote leaves the other one.
  const ours = names.filter((name) => own.has(name.replace(/\.partial$/, "")));
  const gone =
    ours.length === names.length
      ? [folder]
      : ours.map((name) => join(folder, name));

  for (const path of gone) await rm(path, { recursive: true, force: true });
}
