import { createHash } from "node:crypto";
import { hashBytes } from "../../disk/hash-file.ts";
import { byteOrder } from "../paths.ts";
import type { EdgeChange } from "../store.ts";

/** Where the bytes of a file in a publication come from. */
export type Source =
  | { from: "file"; file: string }
  | { from: "bytes"; bytes: Uint8Array };

/** A publication as data: each path with its content's hash. */
export type Tree = ReadonlyMap<string, { sha256: string; source: Source }>;

/** The next publication: the one before, without what is removed, with what is kept and written. `draftFile` finds kept files. */
export function changeTree(
  before: Tree,
  change: EdgeChange,
  draftFile: (path: string) => string,
): Tree {
  const next = new Map(before);
  for (const path of change.remove) next.delete(path);
  for (const { path, sha256 } of change.keep)
    next.set(path, { sha256, source: { from: "file", file: draftFile(path) } });

  for (const [path, bytes] of change.write) {
    const sha256 = hashBytes(bytes);
    next.set(path, { sha256, source: { from: "bytes", bytes } });
  }

  return next;
}

export function sameTree(a: Tree, b: Tree): boolean {
  return (
    a.size === b.size &&
    [...a].every(([path, { sha256 }]) => b.get(path)?.sha256 === sha256)
  );
}

/** 16 hex digits that name a publication by its content, its branch and the publication before. */
export function publicationId(
  branch: string,
  parent: string | null,
  tree: Tree,
): string {
  const hash = createHash("sha256").update(`${branch}\n${parent ?? ""}\n`);
  for (const path of [...tree.keys()].sort(byteOrder))
    hash.update(`${tree.get(path)?.sha256} ${path}\n`);
  return hash.digest("hex").slice(0, 16);
}
