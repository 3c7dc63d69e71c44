import { existsSync } from "node:fs";
import { lstat, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { hashFile } from "../../hash-file.ts";
import { orMissing } from "../../node-error.ts";
import { readIndex } from "./index-reader.ts";
import { CURRENT, type Layout } from "./layout.ts";
import { changed } from "./listed-file.ts";
import { ownJson } from "./own-json.ts";
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

/** The publication that the branch shows now, or null before the first. */
export async function currentPublication(
  layout: Layout,
  branch: string,
): Promise<Publication | null> {
  const target = await orMissing(readlink(join(layout.root, branch, CURRENT)));
  return target === null ? null : publicationById(layout, basename(target));
}

export function publicationById(layout: Layout, id: string): Publication {
  return { id, folder: join(layout.publications, id) };
}

/**
 * The files of a publication below one of its top folders in byte order of their paths, hashed where the index does not
 * vouch for them: people may have put files of their own there. Throws `ExternalError` where one of those, or all of the
 * publication, disappears meanwhile.
 */
export async function* publishedFiles(
  { folder }: Publication,
  prefix: string,
): AsyncGenerator<PublishedFile, undefined> {
  const index = readIndex(folder, prefix);
  const start = prefix.split("/").slice(0, -1).join("/");
  const top = join(folder, start.split("/")[0] ?? start);

  try {
    for await (const found of walkInOrder(join(folder, start), start, top)) {
      const { path, file, size, token } = found;
      if (!path.startsWith(prefix)) continue;

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

  if (!existsSync(folder)) throw changed(prefix);
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
