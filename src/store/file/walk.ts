import {
  type BigIntStats,
  type Dirent,
  readdirSync,
  realpathSync,
  statSync,
} from "node:fs";
import { join, sep } from "node:path";
import { UsageError } from "../../errors.ts";
import { unlessMissing } from "../../node-error.ts";
import { breather } from "./breather.ts";
import { type OddEntry, OddError, oddEntry, oddError } from "./odd-entry.ts";
import { statToken } from "./token.ts";

/** A file as it was when the walk came by. */
export interface FoundFile {
  /** Relative to the branch, with `/`. */
  path: string;
  /** Where it lies on disk: a real path. */
  file: string;
  /** Bytes. */
  size: number;
  /** See `statToken`. */
  token: string;
  /** Of its content, and of its entry: milliseconds since 1970. */
  modifiedAt: number;
  changedAt: number;
}

/** Where a walk stands: a real path that may be a link no more. */
export interface Place {
  real: string;
  path: string;
  /** Real paths of the folders above, so that a link cannot lead in circles. */
  above: readonly string[];
}

export interface Found {
  files: FoundFile[];
  odd: OddEntry[];
}

/**
 * All files below `folder`, which stands for `path` in the branch, in no order; nothing where it is missing. Links are
 * followed where they stay inside the folder `border`. What cannot be a file is told, and costs nothing else. Throws
 * `ExternalError` where an entry disappears while it is looked at. The calls are synchronous, as Node's others take five
 * times the processor for each file; timers and signals get their turn in between.
 */
export async function walkAll(
  folder: string,
  path: string,
  border: string,
): Promise<Found> {
  const found: Found = { files: [], odd: [] };
  const start = placeIn(folder, path, border);
  if (start) await visitAll([start.place], start.border, found);

  return found;
}

/** Where a walk begins, and the real path of its border; null where one of them is missing. */
export function placeIn(
  folder: string,
  path: string,
  border: string,
): { place: Place; border: string } | null {
  const realBorder = unlessMissing(() => realpathSync.native(border));
  if (realBorder === null) return null;

  const real = unlessMissing(() => realpathSync.native(folder));
  if (real === null) return null;

  refuseOutside(real, path, realBorder);

  return { place: { real, path, above: [] }, border: realBorder };
}

/** The same; throws `UsageError` where something is not a file that can be read. */
export async function walkFiles(
  folder: string,
  path: string,
  border: string,
): Promise<FoundFile[]> {
  return filesOf(await walkAll(folder, path, border));
}

/** What was found, where all of it is files that can be read; throws `UsageError` where something is not. */
export function filesOf({ files, odd }: Found): FoundFile[] {
  const [first] = odd;
  if (first) throw oddError(first);

  return files;
}

/** Folder by folder; the list grows as folders are found. */
export async function visitAll(
  places: Place[],
  border: string,
  found: Found,
): Promise<void> {
  const breathe = breather();

  for (let place = places.pop(); place; place = places.pop())
    for (const entry of entriesOf(place, found)) {
      const inner = visitEntry(entry, place, border, found);
      if (inner) places.push(inner);
      await breathe();
    }
}

/** What lies in a folder; none where it is a file, which is noted. */
export function entriesOf(place: Place, found: Found): Dirent[] {
  const { real, path, above } = place;

  try {
    const stats = statSync(real, { bigint: true });
    if (!stats.isDirectory()) {
      noteFile(place, stats, found);
      return [];
    }

    if (above.includes(real))
      throw new OddError("it is a link to a folder above it");

    return readdirSync(real, { withFileTypes: true });
  } catch (error) {
    found.odd.push(oddEntry(error, path));
    return [];
  }
}

/** Notes a file; answers where to go on where it may be a folder. */
export function visitEntry(
  entry: Dirent,
  place: Place,
  border: string,
  found: Found,
): Place | null {
  try {
    const next = placeOf(entry, place, border);
    if (entry.isDirectory() || entry.isSymbolicLink()) return next;

    noteFile(next, statSync(next.real, { bigint: true }), found);
  } catch (error) {
    found.odd.push(oddEntry(error, `${place.path}/${entry.name}`));
  }

  return null;
}

function noteFile(
  { real: file, path }: Place,
  stats: BigIntStats,
  { files }: Found,
): void {
  if (!stats.isFile()) throw new OddError("it is neither a file nor a folder");

  files.push({
    ...{ path, file, size: Number(stats.size), token: statToken(stats) },
    modifiedAt: Number(stats.mtimeMs),
    changedAt: Number(stats.ctimeMs),
  });
}

/** Only links need to be resolved: everything else in a real folder is real. */
function placeOf(
  entry: Dirent,
  { real, path, above }: Place,
  border: string,
): Place {
  const inner = {
    path: `${path}/${entry.name}`,
    above: [...above, real],
  };
  if (!entry.isSymbolicLink())
    return { ...inner, real: join(real, entry.name) };

  const target = realpathSync.native(join(real, entry.name));
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
