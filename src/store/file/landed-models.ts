import { lstat, mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ExternalError, UsageError } from "../../errors.ts";
import { orMissing } from "../../node-error.ts";
import { shellQuote } from "../../text/shell-quote.ts";
import { topOf } from "../paths.ts";
import type { LandedModel, LandWish, StoredFile } from "../store.ts";
import { copyHashed } from "./copy.ts";
import {
  type LandingRecord,
  oldFolder,
  type SwappedModel,
  undoneFolder,
} from "./landing-record.ts";
import type { Layout } from "./layout.ts";
import { type Publication, publishedIn } from "./publication.ts";
import { syncFolder } from "./sync-folder.ts";
import { contentToken } from "./token.ts";
import { walkFiles } from "./walk.ts";

/** A model's own folder on its way to another branch. */
export interface ModelCopy {
  /** From the branch's root. */
  folder: string;
  /** A complete copy in a hidden place; null where the model left. */
  copy: string | null;
  /** How many files it holds. */
  files: number;
}

/** Copies the models' own folders to a hidden place, `landingFolder` of the snapshot. */
export async function copyModels(
  signal: AbortSignal,
  layout: Layout,
  { source, at, models }: LandWish,
): Promise<ModelCopy[]> {
  const branch = join(layout.root, source);
  const copies: ModelCopy[] = [];

  for (const { folder } of models) {
    const border = join(branch, topOf(folder));
    const files = await walkFiles(join(branch, folder), folder, border);
    const copy = join(landingFolder(layout, at), folder);

    for (const { file, path } of files) {
      const place = join(copy, path.slice(folder.length + 1));
      await copyHashed(file, place, { signal, sync: true });
    }

    copies.push({
      folder,
      copy: files.length > 0 ? copy : null,
      files: files.length,
    });
  }

  return copies;
}

/** What a record of the landing says of the copies. */
export async function swappedModels(
  copies: readonly ModelCopy[],
): Promise<SwappedModel[]> {
  const models: SwappedModel[] = [];
  for (const { folder, copy } of copies)
    models.push({ folder, inode: copy === null ? null : await inodeOf(copy) });

  return models;
}

/**
 * Puts the new folder in the old one's place, which goes to the landing's hidden folder. Throws `ExternalError` where the
 * copy is not whole any more.
 */
export async function swapFolder(
  layout: Layout,
  branch: string,
  record: LandingRecord,
  { folder, copy, files }: ModelCopy,
): Promise<void> {
  const place = join(layout.root, branch, folder);
  const old = join(oldFolder(layout, record), folder);
  await mkdir(dirname(old), { recursive: true });
  await mkdir(dirname(place), { recursive: true });

  if (await inodeOf(place)) await rename(place, old);
  if (copy !== null && (await inodeOf(copy))) await rename(copy, place);
  await syncFolder(dirname(place));

  // From here on no sweep can reach it.
  const moved = await walkFiles(place, folder, place);
  if (moved.length !== files) throw copyLost(folder);
}

/**
 * Undoes what a landing swapped, as far as it came; may itself be broken off, and be done again. Throws `UsageError` where
 * somebody put another folder in a model's place meanwhile.
 */
export async function putBack(
  layout: Layout,
  branch: string,
  record: LandingRecord,
): Promise<void> {
  for (const { folder, inode } of record.models) {
    const place = join(layout.root, branch, folder);
    const undone = join(undoneFolder(layout, record), folder);
    const old = join(oldFolder(layout, record), folder);

    if (inode !== null && (await inodeOf(place)) === inode) {
      await mkdir(dirname(undone), { recursive: true });
      await rename(place, undone);
    }
    if ((await inodeOf(old)) === null) continue;
    if (await inodeOf(place)) throw placeTaken(branch, folder, { place, old });

    await mkdir(dirname(place), { recursive: true });
    await rename(old, place);
    await syncFolder(dirname(place));
  }
}

/** Null where nothing is there. */
async function inodeOf(path: string): Promise<string | null> {
  const stats = await orMissing(lstat(path, { bigint: true }));
  return stats ? String(stats.ino) : null;
}

function copyLost(folder: string): ExternalError {
  return new ExternalError(
    `files of the copy of ${folder} disappeared while it was landed`,
    {
      code: "draft-lost",
      hint: "run again; a sweep with a short `--older-than` may have removed them",
    },
  );
}

function placeTaken(
  branch: string,
  folder: string,
  { place, old }: { place: string; old: string },
): UsageError {
  return new UsageError(
    `a landing into branch ${branch} was interrupted, and someone has put another folder in the place of ${folder} since`,
    {
      code: "landing-interrupted",
      hint: `keep one of the two, then run again: \`rm -r ${shellQuote(old)}\` keeps the folder that is there now, \`rm -r ${shellQuote(place)}\` the one from before`,
    },
  );
}

/** Published files of these models that the target takes. */
export async function takenFiles(
  publication: Publication,
  models: readonly LandedModel[],
): Promise<StoredFile[]> {
  const wanted = new Set(models.flatMap(({ take }) => take));
  const folders = [...wanted].map((path) =>
    path.slice(0, path.lastIndexOf("/") + 1),
  );
  const files: StoredFile[] = [];

  for await (const file of publishedIn(publication, folders)) {
    const { path, size, sha256 } = file;
    if (wanted.has(path))
      files.push({ path, size, sha256, token: contentToken(sha256) });
  }

  return files;
}

/** The hidden place of one landing. */
export function landingFolder(layout: Layout, name: string): string {
  return join(layout.drafts, `landing-${name}`);
}
