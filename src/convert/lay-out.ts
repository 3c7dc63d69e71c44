import { mkdir, readdir, rename, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { hashFile } from "../hash-file.ts";
import type { Conversion } from "./conversion.ts";
import type { ModelFolders } from "./workspace.ts";

/** Moves what the engine wrote to where it would be published. `output` lies on the same disk as the folders. */
export async function layOut(
  files: readonly { role: string; path: string }[],
  output: string,
  folders: ModelFolders,
): Promise<void> {
  for (const { role, path } of files) {
    const target = targetOf(role, path, folders);
    await mkdir(dirname(target), { recursive: true });
    await rename(join(output, path), target);
  }
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
