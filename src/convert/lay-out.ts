import { constants, type Stats } from "node:fs";
import { type FileHandle, mkdir, open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { hashFile } from "../hash-file.ts";
import type { Conversion } from "./conversion.ts";
import type { ModelFolders } from "./workspace.ts";

/**
 * Copies what the engine wrote to where it would be published, into new files of the runner: whoever still holds one of
 * the engine's open changes nothing of them. Follows no link; throws where a path is no plain file.
 */
export async function layOut(
  files: readonly { role: string; path: string }[],
  output: string,
  folders: ModelFolders,
): Promise<void> {
  for (const { role, path } of files) {
    const target = targetOf(role, path, folders);
    await mkdir(dirname(target), { recursive: true });
    await copyPlain(join(output, path), target);
  }
}

async function copyPlain(from: string, to: string): Promise<void> {
  const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);

  try {
    const { nlink } = await plainStat(source, from);
    if (nlink > 1) throw new Error(`${from} has another name`);

    const target = await open(to, "wx", 0o644);
    await pipeline(
      source.createReadStream({ autoClose: false }),
      target.createWriteStream(),
    );
  } finally {
    await source.close();
  }
}

async function plainStat(file: FileHandle, path: string): Promise<Stats> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new Error(`${path} is not a plain file`);
  return stats;
}

function targetOf(role: string, path: string, folders: ModelFolders): string {
  if (role === "references")
    return join(folders.evidence, "references.safetensors");
  if (role === "preview") return join(folders.previews, basename(path));
  if (role === "contract") return join(folders.files, "contract.json");

  return join(folders.files, path);
}

/** All files of the model with place, size and sha256, in byte order. */
export async function measureFiles(
  folders: ModelFolders,
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
        sha256: await hashFile(file),
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
