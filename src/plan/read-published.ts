import {
  type Author,
  authorOf,
  NOBODY,
  type Witnesses,
} from "../attest/author.ts";
import { FLAT_NAME } from "../model/find-models.ts";
import {
  attestationPath,
  type BranchPaths,
  isIn,
  placesOf,
} from "../model/layout.ts";
import {
  type Manifest,
  type PublishedManifest,
  readPublished,
} from "../model/manifest.ts";
import type { Snapshot } from "../store/store.ts";
import { type PublishedFolder, publishedFolders } from "./published-folders.ts";
import { strayModels, unlistedModels } from "./stray-models.ts";
import { alteredFiles } from "./unchanged.ts";

const READS_AT_ONCE = 16;

/** All that a plan needs to know of what is published of one model. */
export interface PublishedModel {
  name: string;
  /** What it says need not be trusted; null where there is none of ours. */
  manifest: Manifest | null;
  /** Who vouches for it. */
  author: Author;
  /** ONNX files in its published folder that no manifest lists. */
  stray: string[];
  /** Files of the manifest that are gone, or not what it lists. */
  altered: string[];
  /** Those of them that are gone. */
  missing: string[];
}

/** Where nothing is published. */
export function unpublished(name: string): PublishedModel {
  return {
    ...{ name, manifest: null, author: NOBODY },
    ...{ stray: [], altered: [], missing: [] },
  };
}

/**
 * What is published below `edge/` and `evidence/`, model by model: of ten thousand a few are in memory at a time. Folders
 * without a manifest of their own come last, and then the model directly in `model/`, whose manifest may list them.
 */
export async function* readPublishedModels(
  snapshot: Snapshot,
  paths: BranchPaths,
  witnesses: Witnesses,
): AsyncGenerator<PublishedModel, undefined> {
  const others: PublishedFolder[] = [];
  const read = (folder: PublishedFolder) =>
    describe(snapshot, folder, paths, witnesses);

  for await (const batch of batches(publishedFolders(snapshot, paths))) {
    const models = await Promise.all(batch.map(read));
    for (const [index, model] of models.entries())
      if (model.manifest) yield model;
      else others.push(...batch.slice(index, index + 1));
  }

  const flat = await read({
    name: FLAT_NAME,
    objects: new Map(others.flatMap(({ objects }) => [...objects])),
  });
  const listed = flat.manifest ? [flat.manifest] : [];

  for (const { name, objects } of others) {
    const unlisted = unlistedModels(objects.keys(), listed);
    if (name !== "" && name !== FLAT_NAME && unlisted.length > 0)
      yield { ...unpublished(name), stray: strayModels(name, paths, unlisted) };
  }

  yield flat;
}

async function describe(
  snapshot: Snapshot,
  { name, objects }: PublishedFolder,
  paths: BranchPaths,
  witnesses: Witnesses,
): Promise<PublishedModel> {
  const { manifest: path } = placesOf(name, paths);
  const published = objects.has(path)
    ? await ownManifest(snapshot, path, { name, paths })
    : null;
  const manifest = published?.manifest ?? null;
  const unlisted = unlistedModels(objects.keys(), manifest ? [manifest] : []);
  const altered = manifest
    ? alteredFiles(manifest, (file) => objects.get(file)?.token)
    : [];

  return {
    name,
    manifest,
    author: published
      ? await authorOf(
          snapshot,
          published,
          witnesses,
          objects.has(attestationPath(path)),
        )
      : NOBODY,
    stray: strayModels(name, paths, unlisted),
    altered,
    missing: altered.filter((file) => !objects.has(file)),
  };
}

/** In another model's place it is a copy, and what lists foreign files was written by hand: neither says anything. */
async function ownManifest(
  snapshot: Snapshot,
  path: string,
  { name, paths }: { name: string; paths: BranchPaths },
): Promise<PublishedManifest | null> {
  const published = await readPublished(snapshot, path);
  const places = placesOf(name, paths);
  const isOwn =
    published?.manifest.name === name &&
    published.manifest.files.every((file) => isIn(places, file.path));

  return isOwn ? published : null;
}

async function* batches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];

  for await (const item of items) {
    batch.push(item);
    if (batch.length < READS_AT_ONCE) continue;

    yield batch;
    batch = [];
  }

  yield batch;
}
