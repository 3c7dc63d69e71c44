import { lstat, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { hashFile } from "../../hash-file.ts";
import { orMissing } from "../../node-error.ts";
import { CURRENT, type Layout } from "./layout.ts";
import { changed } from "./listed-file.ts";
import { ownJson } from "./own-json.ts";
import { walkFiles } from "./walk.ts";

/** What `edge` and `evidence` of a branch show: one folder that is never changed by us once it is visible. */
export interface Publication {
  id: string;
  folder: string;
  /** Read once while somebody uses it: that of many models is large. */
  index(): Promise<PublicationIndex>;
}

/** A published file; `file` is where its bytes lie. */
export interface PublishedFile {
  path: string;
  file: string;
  size: number;
  sha256: string;
}

/** The file beside the published folders that remembers their hashes. */
export const INDEX = "index.json";
const SHA256 = /^[0-9a-f]{64}$/;

/** `index.json` of a publication: hashes that hold as long as the file's stat token does. What is damaged may be anything. */
export interface PublicationIndex {
  [path: string]: { sha256: string; stat: string };
}

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
  const folder = join(layout.publications, id);
  let index: WeakRef<Promise<PublicationIndex>> | null = null;

  return {
    id,
    folder,
    index: () => {
      const known = index?.deref() ?? readIndex(folder);
      index = new WeakRef(known);
      return known;
    },
  };
}

/**
 * The files of a publication below one of its top folders, hashed where the index does not vouch for them: people
 * may have put files of their own there. Throws `ExternalError` where one of those disappears meanwhile.
 */
export async function publishedFiles(
  publication: Publication,
  prefix: string,
): Promise<PublishedFile[]> {
  const index = await publication.index();
  const start = prefix.split("/").slice(0, -1).join("/");
  const top = start.split("/")[0] ?? start;
  const found = await walkFiles(
    join(publication.folder, start),
    start,
    join(publication.folder, top),
  );

  const files: PublishedFile[] = [];

  for (const { path, file, size, token } of found) {
    if (!path.startsWith(prefix)) continue;

    const known = index[path];
    // What does not say a hash is hashed again.
    const isKnown = known?.stat === token && SHA256.test(String(known.sha256));
    const sha256 = isKnown ? known.sha256 : await orMissing(hashFile(file));
    if (sha256 === null) throw changed(path);

    files.push({ path, file, size, sha256 });
  }

  return files;
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

async function readIndex(folder: string): Promise<PublicationIndex> {
  const text = await orMissing(readFile(join(folder, INDEX), "utf8"));
  return (text === null ? null : ownJson<PublicationIndex>(text)) ?? {};
}
