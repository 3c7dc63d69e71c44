import type { BigIntStats, Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { ExternalError, UsageError } from "../../errors.ts";
import { isMissing, orMissing } from "../../node-error.ts";

export interface FoundFile {
  /** Relative to the branch, with `/`. */
  path: string;
  /** Where it lies on disk: a real path. */
  file: string;
  stat: BigIntStats;
}

/** Where a walk stands: a real path that may be a link no more. */
interface Place {
  real: string;
  path: string;
  /** Real paths of the folders above, so that a link cannot lead in circles. */
  above: readonly string[];
}

/**
 * All files below `folder`, which stands for `path` in the branch, in no order; nothing where it is missing. Links are
 * followed where they stay inside the folder `border`; others throw `UsageError`.
 */
export async function walkFiles(
  folder: string,
  path: string,
  border: string,
): Promise<FoundFile[]> {
  const realBorder = await orMissing(realpath(border));
  if (realBorder === null) return [];

  const real = await orMissing(realpath(folder));
  if (real === null) return [];

  refuseOutside(real, path, realBorder);

  const found: FoundFile[] = [];
  await visit({ real, path, above: [] }, realBorder, found);

  return found;
}

async function visit(
  place: Place,
  border: string,
  found: FoundFile[],
): Promise<void> {
  const { real, path, above } = place;
  const stats = await readable(path, stat(real, { bigint: true }));

  if (stats.isFile()) {
    found.push({ path, file: real, stat: stats });
    return;
  }

  if (!stats.isDirectory())
    throw new UsageError(`${path} is neither a file nor a folder`, {
      code: "not-a-file",
      hint: "remove it",
    });

  if (above.includes(real))
    throw new UsageError(`${path} is a link to a folder above it`, {
      code: "link-leaves",
      hint: "remove the link",
    });

  const entries = await readable(path, readdir(real, { withFileTypes: true }));
  const inner = await Promise.all(
    entries.map((entry) => placeOf(entry, place, border)),
  );

  const folders: Place[] = [];

  await Promise.all(
    inner.map(async ({ entry, ...next }) => {
      // Files side by side, folders one after the other: a store may hold many thousands of both.
      if (entry.isDirectory() || entry.isSymbolicLink()) folders.push(next);
      else await visit(next, border, found);
    }),
  );
  for (const next of folders) await visit(next, border, found);
}

/** Only links need to be resolved: everything else in a real folder is real. */
async function placeOf(
  entry: Dirent,
  { real, path, above }: Place,
  border: string,
): Promise<Place & { entry: Dirent }> {
  const inner = {
    entry,
    path: `${path}/${entry.name}`,
    above: [...above, real],
  };
  if (!entry.isSymbolicLink())
    return { ...inner, real: join(real, entry.name) };

  const target = await readable(inner.path, realpath(join(real, entry.name)));
  refuseOutside(target, inner.path, border);

  return { ...inner, real: target };
}

function refuseOutside(real: string, path: string, border: string): void {
  if (real === border || real.startsWith(border + sep)) return;
  throw new UsageError(`${path} is a link that leaves its folder`, {
    code: "link-leaves",
    hint: "put the file itself there: a link may only point to a place in the same folder of the branch",
  });
}

async function readable<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isMissing(error))
      throw new ExternalError(`cannot read ${path} in the store`, {
        code: "store-unreachable",
        hint: "make it readable for the user that runs this; on a network drive, run again",
        cause: error,
      });
    throw new ExternalError(
      `${path} went away while the store was listed, or is a link to nothing`,
      {
        code: "changed-under-us",
        hint: "run again once nobody writes to the folder",
      },
    );
  }
}
