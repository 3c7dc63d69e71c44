import { type Dirent, statSync } from "node:fs";
import { join } from "node:path";
import { unlessMissing } from "../../node-error.ts";
import { byteOrder } from "../paths.ts";
import {
  entriesOf,
  type Found,
  type FoundFile,
  filesOf,
  placeIn,
  visitAll,
  visitEntry,
} from "./walk.ts";

/**
 * What `walkFiles` finds, in byte order of the paths: of ten thousand folders one is in memory at a time. Throws as it does,
 * when the walk comes to it.
 */
export async function* walkInOrder(
  folder: string,
  path: string,
  border: string,
): AsyncGenerator<FoundFile, undefined> {
  const start = placeIn(folder, path, border);
  if (start === null) return;

  const itself: Found = { files: [], odd: [] };
  const entries = entriesOf(start.place, itself);
  yield* filesOf(itself);

  for (const entry of sorted(entries, start.place.real)) {
    const found: Found = { files: [], odd: [] };
    const inner = visitEntry(entry, start.place, start.border, found);
    if (inner) await visitAll([inner], start.border, found);

    yield* filesOf(found).sort((a, b) => byteOrder(a.path, b.path));
  }
}

/** All that lies in a folder comes where its name with a `/` does. */
function sorted(entries: readonly Dirent[], folder: string): Dirent[] {
  return entries
    .map((entry) => ({
      entry,
      key: isFolder(entry, folder) ? `${entry.name}/` : entry.name,
    }))
    .sort((a, b) => byteOrder(a.key, b.key))
    .map(({ entry }) => entry);
}

function isFolder(entry: Dirent, folder: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();

  return (
    unlessMissing(() => statSync(join(folder, entry.name)))?.isDirectory() ??
    false
  );
}
