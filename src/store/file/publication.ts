import { existsSync } from "node:fs";
import { lstat, readFile, readlink, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { hashFile } from "../../disk/hash-file.ts";
import { orMissing } from "../../node-error.ts";
import { byteOrder, topOf } from "../paths.ts";
import { readIndex } from "./index-reader.ts";
import { CURRENT, type Layout } from "./layout.ts";
import { changed } from "./listed-file.ts";
import { ownJson } from "./own-json.ts";
import type { FoundFile } from "./walk.ts";
import { walkInOrder } from "./walk-in-order.ts";

/** What `edge` and `evidence` of a branch show: one folder that is never changed by us once it is visible. */
export interface Publication {
  id: string;
  folder: string;
}

/** A published file; `file` is where its bytes lie. */
export interface PublishedFile {
  path: string;
  file: string;
  size: number;
  sha256: string;
}

const SHA256 = /^[0-9a-f]{64}$/;

/** `commits/<id>.json`: stays when the publication's folder is gone. */
export interface CommitRecord {
  branch: string;
  parent: string | null;
  createdAt: string;
  message: string;
  metadata: Record<string, string>;
  /** Snapshot of the inputs that it covers. */
  input: string | null;
  /** Pointers that it wrote. */
  wrote: string[];
}

/** The publication that the branch's link names, or null before the first: the newest one of its history. */
export async function currentPublication(
  layout: Layout,
  branch: string,
): Promise<Publication | null> {
  const target = await orMissing(readlink(join(layout.root, branch, CURRENT)));
  return target === null ? null : publicationById(layout, basename(target));
}

/** The publication that readers of the branch see: null also where somebody removed its folder. */
export async function visiblePublication(
  layout: Layout,
  branch: string,
): Promise<Publication | null> {
  for (;;) {
    const current = await currentPublication(layout, branch);
    const visible = await ifThere(current);
    if (visible === current) return visible;

    // Another run may have published, and removed what was shown before.
    const after = await currentPublication(layout, branch);
    if (after?.id === current?.id) return null;
  }
}

/** Null where somebody removed its folder. */
export async function ifThere(
  publication: Publication | null,
): Promise<Publication | null> {
  const stats = publication && (await orMissing(stat(publication.folder)));
  return stats ? publication : null;
}

export function publicationById(layout: Layout, id: string): Publication {
  return { id, folder: join(layout.publications, id) };
}

/**
 * The files of a publication below one of its top folders in byte order of their paths, hashed where the index does not
 * vouch for them: people may have put files of their own there. Throws `ExternalError` where one of those, or all of the
 * publication, disappears meanwhile.
 */
export function publishedFiles(
  publication: Publication,
  prefix: string,
): AsyncGenerator<PublishedFile, undefined> {
  return filesBelow(publication, [prefix], (path) => path.startsWith(prefix));
}

/**
 * The same below several folders, each with a `/` at its end. The index is read once for all of them: once for each would
 * take a time that grows with the square of their number.
 */
export function publishedIn(
  publication: Publication,
  folders: Iterable<string>,
): AsyncGenerator<PublishedFile, undefined> {
  const all = new Set(folders);
  const outermost = [...all]
    .filter((folder) => !liesIn(folder.slice(0, -1), all))
    .sort(byteOrder);

  return filesBelow(publication, outermost, (path) => liesIn(path, all));
}

/** `prefixes`: in byte order, none within another one. */
async function* filesBelow(
  { folder }: Publication,
  prefixes: readonly string[],
  isAsked: (path: string) => boolean,
): AsyncGenerator<PublishedFile, undefined> {
  const index = readIndex(folder, isAsked);

  try {
    for (const prefix of prefixes)
      for await (const found of walkBelow(folder, prefix)) {
        const { path, file, size, token } = found;
        const known = await index.take(path);
        // What does not say a hash is hashed again.
        const isKnown =
          known?.stat === token && SHA256.test(String(known.sha256));
        const sha256 = isKnown ? known.sha256 : await orMissing(hashFile(file));
        if (sha256 === null) throw changed(path);

        yield { path, file, size, sha256 };
      }
  } finally {
    await index.close();
  }

  if (!existsSync(folder)) throw changed(prefixes[0] ?? "");
}

async function* walkBelow(
  folder: string,
  prefix: string,
): AsyncGenerator<FoundFile, undefined> {
  const start = prefix.split("/").slice(0, -1).join("/");
  const top = join(folder, topOf(start));

  for await (const found of walkInOrder(join(folder, start), start, top))
    if (found.path.startsWith(prefix)) yield found;
}

/** Is one of the folders above this path among these? */
function liesIn(path: string, folders: ReadonlySet<string>): boolean {
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1))
    if (folders.has(path.slice(0, at + 1))) return true;

  return false;
}

export async function readCommit(
  layout: Layout,
  id: string,
): Promise<CommitRecord | null> {
  const text = await orMissing(
    readFile(join(layout.commits, `${id}.json`), "utf8"),
  );
  return text === null ? null : ownJson<CommitRecord>(text);
}

/** Whether a place in the branch is one of our links: then its content is the current publication's. */
export async function isOurLink(
  layout: Layout,
  branch: string,
  name: string,
): Promise<boolean> {
  const place = join(layout.root, branch, name);
  const stats = await orMissing(lstat(place));

  return (
    stats?.isSymbolicLink() === true &&
    (await readlink(place)) === linkText(name)
  );
}

/** What the fixed link of a top folder says. */
export function linkText(name: string): string {
  return `${CURRENT}/${name}`;
}
