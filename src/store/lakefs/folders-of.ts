import { posix } from "node:path";

/**
 * The prefixes, each ending in `/`, below which all of these paths lie, none within another: what a listing has to
 * read to find the paths and little else. A path without a folder makes the prefix of the whole branch, "".
 */
export function foldersOf(paths: Iterable<string>): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    const folder = posix.dirname(path);
    folders.add(folder === "." ? "" : `${folder}/`);
  }

  // A folder stands behind the one that holds it.
  const kept: string[] = [];
  for (const folder of [...folders].sort())
    if (!kept.some((outer) => folder.startsWith(outer))) kept.push(folder);

  return kept;
}
