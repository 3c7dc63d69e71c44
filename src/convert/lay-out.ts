import { constants } from "node:fs";
import { mkdir, open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { hashFile } from "../disk/hash-file.ts";
import { errorCode } from "../node-error.ts";
import type { Conversion } from "./conversion.ts";
import type { ModelFolders } from "./workspace.ts";

/**
 * Copies what the engine wrote to where it would be published, into new files of the runner: whoever still holds one of
 * the engine's open changes nothing of them. Follows no link. Returns the path that is not a regular file of one name (any
 * more), or null; throws the signal's reason where it is called off.
 */
export async function layOut(
  files: readonly { role: string; path: string }[],
  { output, folders }: { output: string; folders: ModelFolders },
  signal: AbortSignal,
): Promise<string | null> {
  for (const { role, path } of files) {
    const target = targetOf(role, path, folders);
    if (!(await copyPlain(join(output, path), target, signal))) return path;
  }

  return null;
}

/** A path that goes through a file that is there, or that no file system takes. */
const NO_PLACE = ["EEXIST", "ENOTDIR", "EISDIR", "ENAMETOOLONG"];

/** False where it is not a regular file, or has another name. */
async function copyPlain(
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const source = await open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(
    () => null,
  );
  if (source === null) return false;

  try {
    const stats = await source.stat();
    if (!stats.isFile() || stats.nlink > 1) return false;

    await mkdir(dirname(to), { recursive: true });
    const target = await open(to, "wx", 0o644);
    await pipeline(
      source.createReadStream({ autoClose: false }),
      target.createWriteStream(),
      { signal },
    );
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (NO_PLACE.includes(errorCode(error))) return false;
    throw error;
  } finally {
    await source.close();
  }
}

/** Two files of the engine that would be one of ours: the second path, or null. */
export function sharedTarget(
  files: readonly { role: string; path: string }[],
  folders: ModelFolders,
): string | null {
  const taken = new Set<string>();
  for (const { role, path } of files) {
    const target = targetOf(role, path, folders);
    if (taken.has(target)) return path;
    taken.add(target);
  }

  return null;
}

function targetOf(role: string, path: string, folders: ModelFolders): string {
  if (role === "references")
    return join(folders.evidence, "references.safetensors");
  if (role === "preview") return join(folders.previews, basename(path));
  if (role === "contract") return join(folders.files, "contract.json");

  return join(folders.files, path);
}

/** All files of the model with place, size and sha256, in byte order. Throws the signal's reason where it is called off. */
export async function measureFiles(
  folders: ModelFolders,
  signal: AbortSignal,
): Promise<Conversion["files"]> {
  const measured: Conversion["files"] = [];
  for (const place of ["edge", "evidence"] as const) {
    const root = place === "edge" ? folders.files : folders.evidence;
    for (const path of await plainFiles(root)) {
      const file = join(root, path);
      measured.push({
        path,
        place,
        size: (await stat(file)).size,
        sha256: await hashFile(file, signal),
      });
    }
  }

  return measured;
}

/** Paths of plain files below a folder, with `/`, in byte order. */
async function plainFiles(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"),
    )
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
