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

/** What lies there and is not a file that can be read. */
export interface OddEntry {
  path: string;
  /** In plain words. */
  problem: string;
}

export interface Found {
  files: FoundFile[];
  odd: OddEntry[];
}

/**
 * All files below `folder`, which stands for `path` in the branch, in no order; nothing where it is missing. Links are
 * followed where they stay inside the folder `border`. What cannot be a file is told, and costs nothing else.
 */
export async function walkAll(
  folder: string,
  path: string,
  border: string,
): Promise<Found> {
  const found: Found = { files: [], odd: [] };
  const realBorder = await orMissing(realpath(border));
  if (realBorder === null) return found;

  const real = await orMissing(realpath(folder));
  if (real === null) return found;

  refuseOutside(real, path, realBorder);
  await visit({ real, path, above: [] }, realBorder, found);

  return found;
}

/** The same; throws `UsageError` where something is not a file that can be read. */
export async function walkFiles(
  folder: string,
  path: string,
  border: string,
): Promise<FoundFile[]> {
  const { files, odd } = await walkAll(folder, path, border);
  const [first] = odd;

  if (first)
    throw new UsageError(`${first.path} ${first.problem}`, {
      code: "not-a-file",
      hint: "remove it, or replace it with the file itself",
    });

  return files;
}

async function visit(
  place: Place,
  border: string,
  found: Found,
): Promise<void> {
  const { real, path, above } = place;

  try {
    const stats = await stat(real, { bigint: true });
    if (stats.isFile()) {
      found.files.push({ path, file: real, stat: stats });
      return;
    }

    if (!stats.isDirectory())
      throw new OddError("it is neither a file nor a folder");
    if (above.includes(real))
      throw new OddError("it is a link to a folder above it");

    const entries = await readdir(real, { withFileTypes: true });
    await visitAll(entries, place, border, found);
  } catch (error) {
    found.odd.push({ path, problem: problemOf(error, path) });
  }
}

async function visitAll(
  entries: Dirent[],
  place: Place,
  border: string,
  found: Found,
): Promise<void> {
  const folders: Place[] = [];

  await Promise.all(
    entries.map(async (entry) => {
      try {
        const next = await placeOf(entry, place, border);
        // Files side by side, folders one after the other: a store may hold many thousands of both.
        if (entry.isDirectory() || entry.isSymbolicLink()) folders.push(next);
        else await visit(next, border, found);
      } catch (error) {
        const path = `${place.path}/${entry.name}`;
        found.odd.push({ path, problem: problemOf(error, path) });
      }
    }),
  );

  for (const next of folders) await visit(next, border, found);
}

/** Something of the store that is not a file. */
class OddError extends Error {}

/** In plain words; throws `ExternalError` where the store changes at this moment. */
function problemOf(error: unknown, path: string): string {
  if (error instanceof UsageError) return "it is a link that leaves its folder";
  if (error instanceof OddError) return error.message;
  if (path.includes("\uFFFD")) return "its name is not UTF-8";

  if (isDangling(error)) return "it is a dangling link";
  if (isMissing(error))
    throw new ExternalError(`${path} disappeared while the store was listed`, {
      code: "changed-under-us",
      hint: "run again when nobody is writing to the folder",
    });

  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || !UNREADABLE.has(code))
    throw new ExternalError(`cannot read ${path} in the store`, {
      code: "store-unreachable",
      hint: "make it readable for the user that runs this command; on a network drive, run again",
      cause: error,
    });

  return `cannot be read (${code})`;
}

const UNREADABLE = new Set(["EACCES", "EPERM", "ELOOP", "ENAMETOOLONG"]);

/** `realpath` is asked for links alone. */
function isDangling(error: unknown): boolean {
  return (
    isMissing(error) && (error as NodeJS.ErrnoException).syscall === "realpath"
  );
}

/** Only links need to be resolved: everything else in a real folder is real. */
async function placeOf(
  entry: Dirent,
  { real, path, above }: Place,
  border: string,
): Promise<Place> {
  const inner = {
    path: `${path}/${entry.name}`,
    above: [...above, real],
  };
  if (!entry.isSymbolicLink())
    return { ...inner, real: join(real, entry.name) };

  const target = await realpath(join(real, entry.name));
  refuseOutside(target, inner.path, border);

  return { ...inner, real: target };
}

function refuseOutside(real: string, path: string, border: string): void {
  if (real === border || real.startsWith(border + sep)) return;
  throw new UsageError(`${path} is a link that leaves its folder`, {
    code: "link-leaves",
    hint: "replace it with the file itself: a link may only point into the same folder of the branch",
  });
}
