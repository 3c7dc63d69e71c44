import type { BigIntStats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { ExternalError, UsageError } from "../../errors.ts";
import { isMissing, orMissing } from "./node-error.ts";

export interface FoundFile {
  /** Relative to the branch, with `/`. */
  path: string;
  /** Where it lies on disk. */
  file: string;
  stat: BigIntStats;
}

/**
 * All files below `folder`, which stands for `path` in the branch, in no order; nothing where it is missing. Links are
 * followed where they stay inside the folder `border`; others throw `UsageError`.
 */
export async function walkFiles(folder: string, path: string, border: string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const realBorder = await orMissing(realpath(border));
  if (realBorder !== null) await visit(folder, path, realBorder, [], found);
  return found;
}

async function visit(file: string, path: string, border: string, above: string[], found: FoundFile[]): Promise<void> {
  const real = await realOf(file, path, above.length === 0);
  if (real === null) return;
  if (real !== border && !real.startsWith(border + sep))
    throw new UsageError(`${path} is a link that leaves its folder`, {
      code: "link-leaves",
      hint: "put the file itself there: a link may only point to a place in the same folder of the branch",
    });
  const stats = await stat(real, { bigint: true });
  if (stats.isFile()) {
    found.push({ path, file: real, stat: stats });
    return;
  }
  if (!stats.isDirectory()) throw new UsageError(`${path} is neither a file nor a folder`, { hint: "remove it" });
  if (above.includes(real)) throw new UsageError(`${path} is a link to a folder above it`, { hint: "remove the link" });
  for (const name of await readdir(real))
    await visit(join(real, name), `${path}/${name}`, border, [...above, real], found);
}

async function realOf(file: string, path: string, mayBeMissing: boolean): Promise<string | null> {
  try {
    return await realpath(file);
  } catch (error) {
    if (!isMissing(error)) throw new ExternalError(`cannot read ${path} in the store`, { cause: error });
    if (mayBeMissing) return null;
    throw new ExternalError(`${path} went away while the store was listed, or is a link to nothing`, {
      code: "changed-under-us",
      hint: "run again once nobody writes to the folder",
    });
  }
}
