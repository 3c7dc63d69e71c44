import { lstat, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { orMissing } from "../../node-error.ts";
import { topOf } from "../paths.ts";
import type { LandedModel, LandWish, StoredFile } from "../store.ts";
import { copyHashed } from "./copy.ts";
import type { Layout } from "./layout.ts";
import { type Publication, publishedFiles } from "./publication.ts";
import { contentToken } from "./token.ts";
import { walkFiles } from "./walk.ts";

/** A model's own folder on its way to another branch. */
export interface ModelCopy {
  /** From the branch's root. */
  folder: string;
  /** A complete copy in a hidden place; null where the model left. */
  copy: string | null;
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

    copies.push({ folder, copy: files.length > 0 ? copy : null });
  }

  return copies;
}

/** Puts the new folder in the old one's place. */
export async function swapFolder(
  layout: Layout,
  branch: string,
  { folder, copy }: ModelCopy,
): Promise<void> {
  const place = join(layout.root, branch, folder);
  const old = `${landingFolder(layout, `${branch}-old`)}/${folder}`;
  await mkdir(dirname(old), { recursive: true });
  await mkdir(dirname(place), { recursive: true });
  await rm(old, { recursive: true, force: true });

  if (await orMissing(lstat(place))) await rename(place, old);
  if (copy !== null) await rename(copy, place);

  await rm(landingFolder(layout, `${branch}-old`), {
    recursive: true,
    force: true,
  });
}

/** Published files of these models that the target takes. */
export async function takenFiles(
  publication: Publication,
  models: readonly LandedModel[],
): Promise<StoredFile[]> {
  const wanted = new Set(models.flatMap(({ take }) => take));
  const tops = new Set(
    [...wanted].map((path) => path.slice(0, path.lastIndexOf("/") + 1)),
  );

  const files = new Map<string, StoredFile>();

  for (const top of tops)
    for (const { path, size, sha256 } of await publishedFiles(publication, top))
      if (wanted.has(path))
        files.set(path, { path, size, sha256, token: contentToken(sha256) });

  return [...files.values()];
}

/** The hidden place of one landing. */
export function landingFolder(layout: Layout, name: string): string {
  return join(layout.drafts, `landing-${name}`);
}
