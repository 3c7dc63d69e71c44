import { copyFile, link, mkdir, open, readdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CURRENT, type Layout } from "./layout.ts";
import { errorCode, orMissing } from "./node-error.ts";
import {
  type CommitRecord,
  currentPublication,
  INDEX,
  isOurLink,
  linkText,
  type PublicationIndex,
  readCommit,
} from "./publication.ts";
import { statToken } from "./token.ts";
import type { Source, Tree } from "./tree.ts";

/** Publications of a branch that stay on disk, so that a reader of the one before is not disturbed. */
const KEPT = 3;

/** Builds the publication's folder beside the others, complete and on the disk; nobody sees it yet. */
export async function buildPublication(layout: Layout, id: string, tops: string[], tree: Tree): Promise<void> {
  const building = join(layout.publications, `.new-${id}`);
  await rm(building, { recursive: true, force: true });
  for (const top of tops) await mkdir(join(building, top), { recursive: true });
  const index: PublicationIndex = {};
  for (const [path, { sha256, source }] of tree) {
    const file = join(building, path);
    await mkdir(dirname(file), { recursive: true });
    await materialise(source, file);
    index[path] = { sha256, stat: statToken(await stat(file, { bigint: true })) };
  }
  await writeSynced(join(building, INDEX), JSON.stringify(index));
  await syncFolders(building);
  // A leftover of a run that was killed before it switched the link: nobody has seen it.
  await rm(join(layout.publications, id), { recursive: true, force: true });
  await rename(building, join(layout.publications, id));
  await syncFolder(layout.publications);
}

/** Records the commit and switches the branch's one link, by one rename. */
export async function switchTo(layout: Layout, id: string, tops: string[], commit: CommitRecord): Promise<void> {
  const folder = join(layout.root, commit.branch);
  await mkdir(layout.commits, { recursive: true });
  await writeSynced(join(layout.commits, `${id}.json`), JSON.stringify(commit));
  await syncFolder(layout.commits);
  for (const top of tops)
    if (!(await isOurLink(layout, commit.branch, top))) await symlink(linkText(top), join(folder, top));
  const next = join(folder, `${CURRENT}.new`);
  await rm(next, { force: true });
  await symlink(`../.model-to-edge/publications/${id}`, next);
  await rename(next, join(folder, CURRENT));
  await syncFolder(folder);
}

/** Removes what no branch shows any more. Only under the store's lock. */
export async function removeOldPublications(layout: Layout): Promise<void> {
  const kept = new Set<string>();
  for (const branch of await readdir(layout.root)) {
    let id = (await currentPublication(layout, branch))?.id ?? null;
    for (let count = 0; id !== null && count < KEPT; count++) {
      kept.add(id);
      id = (await readCommit(layout, id))?.parent ?? null;
    }
  }
  for (const id of (await orMissing(readdir(layout.publications))) ?? [])
    if (!kept.has(id)) await rm(join(layout.publications, id), { recursive: true, force: true });
}

async function materialise(source: Source, file: string): Promise<void> {
  if (source.from === "bytes") return writeSynced(file, source.bytes);
  try {
    await link(source.file, file);
  } catch (error) {
    // Other file system, too many links, or none at all (exFAT, some network drives).
    if (!["EXDEV", "EMLINK", "EPERM", "ENOTSUP", "EOPNOTSUPP"].includes(errorCode(error))) throw error;
    await copyFile(source.file, file);
    await syncFolder(file);
  }
}

async function writeSynced(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(file, content, { flush: true });
}

async function syncFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await syncFolders(join(folder, entry.name));
  await syncFolder(folder);
}

/** Also works for a file. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
