import {
  copyFile,
  link,
  mkdir,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "../../document/document.ts";
import { errorCode, orMissing } from "../../node-error.ts";
import { inParallel } from "../parallel.ts";
import { byteOrder } from "../paths.ts";
import { INDEX, type PublicationIndex } from "./index-reader.ts";
import { CURRENT, type Layout, NEXT } from "./layout.ts";
import {
  type CommitRecord,
  currentPublication,
  isOurLink,
  linkText,
  readCommit,
} from "./publication.ts";
import { syncFolder } from "./sync-folder.ts";
import { statToken } from "./token.ts";
import type { Source, Tree } from "./tree.ts";

/** Publications of a branch that stay on disk, so that a reader of the one before is not disturbed. */
const KEPT = 3;
const AT_ONCE = 16;

/** Builds the publication's folder beside the others, complete and on the disk; nobody sees it yet. */
export async function buildPublication(
  layout: Layout,
  id: string,
  tops: string[],
  tree: Tree,
): Promise<void> {
  const building = join(layout.publications, `.new-${id}`);
  await rm(building, { recursive: true, force: true });

  const folders = foldersOf(tops, tree);
  for (const folder of folders)
    await mkdir(join(building, folder), { recursive: true });
  await inParallel([...tree], AT_ONCE, ([path, { source }]) =>
    materialise(source, join(building, path)),
  );
  await inParallel(folders, AT_ONCE, (folder) =>
    syncFolder(join(building, folder)),
  );
  // A leftover of a run that was killed before it switched the link: nobody has seen it.
  await rm(join(layout.publications, id), { recursive: true, force: true });
  await rename(building, join(layout.publications, id));
  await syncFolder(layout.publications);
}

/** Records the commit and switches the branch's one link, by one rename. */
export async function switchTo(
  layout: Layout,
  id: string,
  tops: string[],
  commit: CommitRecord,
): Promise<void> {
  const folder = join(layout.root, commit.branch);
  await mkdir(layout.commits, { recursive: true });
  await writeSynced(join(layout.commits, `${id}.json`), JSON.stringify(commit));
  await syncFolder(layout.commits);

  for (const top of tops)
    if (!(await isOurLink(layout, commit.branch, top)))
      await symlink(linkText(top), join(folder, top));

  const next = join(folder, NEXT);
  await rm(next, { force: true });
  await symlink(`../.model-to-edge/publications/${id}`, next);
  await rename(next, join(folder, CURRENT));
  await syncFolder(folder);
}

/** Removes what no branch shows any more. Only under the store's lock. */
export async function removeOldPublications(layout: Layout): Promise<void> {
  for (const id of await unusedPublications(layout))
    await rm(join(layout.publications, id), { recursive: true, force: true });
}

/** Names below the publications that no branch shows, or showed among its last ones. */
export async function unusedPublications(layout: Layout): Promise<string[]> {
  const kept = new Set<string>();
  for (const branch of await readdir(layout.root)) {
    let id = (await currentPublication(layout, branch))?.id ?? null;
    for (let count = 0; id !== null && count < KEPT; count++) {
      kept.add(id);
      id = (await readCommit(layout, id))?.parent ?? null;
    }
  }

  const there = (await orMissing(readdir(layout.publications))) ?? [];

  return there.filter((id) => !kept.has(id));
}

/**
 * Remembers the hashes of a publication that is in place, so that a listing need not read its files. The last thing of
 * all: every hard link that is made or removed changes a file's `ctime`. Without it a listing is slower, not wrong.
 */
export async function writeIndex(
  layout: Layout,
  id: string,
  tree: Tree,
): Promise<void> {
  const folder = join(layout.publications, id);
  const paths = [...tree.keys()].sort(byteOrder);
  const stats = await inParallel(paths, AT_ONCE, async (path) =>
    statToken(await stat(join(folder, path), { bigint: true })),
  );
  // In the order in which it is read.
  const index: PublicationIndex = Object.fromEntries(
    paths.map((path, at) => [
      path,
      { sha256: tree.get(path)?.sha256 ?? "", stat: stats[at] ?? "" },
    ]),
  );
  await writeWhole(join(folder, INDEX), JSON.stringify(index));
}

async function materialise(source: Source, file: string): Promise<void> {
  if (source.from === "bytes") return writeSynced(file, source.bytes);
  try {
    await link(source.file, file);
  } catch (error) {
    // Other file system, too many links, or none at all (exFAT, some network drives).
    if (
      !["EXDEV", "EMLINK", "EPERM", "ENOTSUP", "EOPNOTSUPP"].includes(
        errorCode(error),
      )
    )
      throw error;

    await copyFile(source.file, file);
    await syncFolder(file);
  }
}

async function writeSynced(
  file: string,
  content: string | Uint8Array,
): Promise<void> {
  await writeFile(file, content, { flush: true });
}

/** All folders of the publication, itself included, outer ones first. */
function foldersOf(tops: readonly string[], tree: Tree): string[] {
  const folders = new Set(["", ...tops]);
  for (const path of tree.keys())
    for (
      let end = path.indexOf("/");
      end >= 0;
      end = path.indexOf("/", end + 1)
    )
      folders.add(path.slice(0, end));

  return [...folders].sort(byteOrder);
}
