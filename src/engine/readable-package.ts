import { chmod, cp, mkdir, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { getuid } from "node:process";
import type { Context } from "../context.ts";
import type { Engine } from "./catalogue.ts";

const FOLDER = 0o755;
const FILE = 0o644;

/**
 * As root: copies of the engines' own files and of what they share, below `place`, where another user can read them; this
 * package may lie in a home, or be installed with a umask that keeps others out. Else what was given.
 */
export async function readablePackage<E extends Engine>(
  ctx: Context,
  engines: readonly E[],
  place: string,
): Promise<{ ctx: Context; engines: E[] }> {
  if (getuid?.() !== 0) return { ctx, engines: [...engines] };

  const root = join(place, "package");
  for (const shared of ["_shared", "_sandbox"])
    await copyReadable(
      join(ctx.root, "components", shared),
      join(root, "components", shared),
    );

  const copied = engines.map(async (engine) => {
    const folder = join(root, "engines", basename(engine.folder));
    await copyReadable(engine.folder, folder);
    return { ...engine, folder };
  });

  const all = await Promise.all(copied);
  await openFolders(root);

  return { ctx: { ...ctx, root }, engines: all };
}

async function copyReadable(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await cp(from, to, {
    recursive: true,
    filter: (path) => basename(path) !== "__pycache__",
  });
}

async function openFolders(folder: string): Promise<void> {
  await chmod(folder, FOLDER);
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });

  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, FOLDER);
    else if (entry.isFile()) await chmod(path, FILE);
  }
}
