import { hashBytes } from "../disk/hash-file.ts";
import { parseDocument, toJson } from "../document/document.ts";
import { UsageError } from "../errors.ts";
import { claim, foreign, ownObject, SMALL } from "./claim.ts";
import { datasetShelf } from "./dataset-shelf.ts";
import {
  ALIASES,
  aliasKey,
  claimKey,
  isRendered,
  modelPrefix,
  RELEASE_FILE,
  releaseOf,
  versionPrefix,
  withFiles,
} from "./layout.ts";
import { objectNotes } from "./object-notes.ts";
import type { ObjectPlace } from "./object-place.ts";
import type { ModelKey, Release, ReleaseFile } from "./release.ts";
import { restoreFiles, writtenBelow } from "./restore-files.ts";
import type { Alias, LocalFile, PutOutcome, RegistryTarget } from "./target.ts";

/** A registry as objects in AWML's layout: of a bucket, or of a folder. */
export function objectTarget(place: ObjectPlace): RegistryTarget {
  const read = (model: ModelKey, release: string) =>
    readRelease(place, versionPrefix(model, release) + RELEASE_FILE);

  return {
    url: place.url,
    async verify({ singleWriter }) {
      if (singleWriter || (await place.keepsConditions())) return;

      throw new UsageError(
        `${place.url}: this server ignores If-None-Match, so that two promotions at once could mix their files`,
        {
          code: "registry-unconditional",
          hint: "use a server with conditional writes (AWS, MinIO, Ceph, versitygw), or let one job at a time promote (resource_group) and add `--single-writer`",
        },
      );
    },
    models: () => modelsOf(place),
    async versions(model) {
      const found: string[] = [];
      for await (const { key } of place.list(modelPrefix(model))) {
        const release = releaseOf(model, key);
        if (release !== null) found.push(release);
      }
      return found;
    },
    read,
    download: (version, name, path) =>
      place.copyTo(versionPrefix(version, version.release) + name, path),
    put: (release, files) => put(place, release, files),
    aliases: (model) => aliasesOf(place, model),
    alias: async (model, name) =>
      (await readAlias(place, aliasKey(model, name)))?.alias ?? null,
    setAlias: (model, name, change) =>
      setAlias(place, aliasKey(model, name), change),
    notes: objectNotes(place),
    link: (model, release) =>
      `${place.url.replace(/\/+$/, "")}/${versionPrefix(model, release)}`,
    datasets: datasetShelf(place),
    close: () => place.close(),
  };
}

async function modelsOf(place: ObjectPlace): Promise<ModelKey[]> {
  const found = new Map<string, ModelKey>();
  for await (const { key } of place.list("models/")) {
    const [, algorithm = "", name = "", , file] = key.split("/");
    const model = { algorithm, name };
    if (file === RELEASE_FILE) found.set(modelPrefix(model), model);
  }

  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

async function aliasesOf(
  place: ObjectPlace,
  model: ModelKey,
): Promise<string[]> {
  const prefix = `${modelPrefix(model)}${ALIASES}`;
  const names: string[] = [];
  for await (const { key } of place.list(prefix))
    names.push(key.slice(prefix.length).replace(/\.json$/, ""));

  return names.sort();
}

/**
 * The claim first: who holds it decides which bytes the version has, so that two promotions of different bytes never mix.
 * Of the same bytes they may help each other. A promotion that died is finished by the next one of the same bytes.
 */
async function put(
  place: ObjectPlace,
  release: Release,
  files: readonly LocalFile[],
): Promise<PutOutcome> {
  const prefix = versionPrefix(release, release.release);
  const there = await readRelease(place, prefix + RELEASE_FILE);
  if (there) return compared(place, there, { release, files });

  const key = claimKey(release, release.release);
  const claimed = await claim(place, key, release.digest);
  if (claimed !== null) return { status: "claimed", digest: claimed };

  const begun = new Map<string, ReleaseFile>();
  for (const { name, ...source } of files) {
    const key = prefix + name;
    const outcome = await place.create(key, source);
    if (outcome !== "exists" || (await place.hash(key)) === source.sha256)
      continue;

    const rendered = await renderedBefore(place, key, { name, release });
    if (!rendered) throw foreign(place, key);
    begun.set(name, rendered);
  }

  const written = withFiles(release, begun);
  const bytes = Buffer.from(toJson(written));
  const outcome = await place.create(prefix + RELEASE_FILE, {
    ...{ bytes, sha256: hashBytes(bytes) },
  });
  if (outcome === "created")
    return written === release
      ? { status: "put" }
      : { status: "put", release: written };

  const other = await readRelease(place, prefix + RELEASE_FILE);
  if (other) return compared(place, other, { release, files });
  throw foreign(place, prefix + RELEASE_FILE);
}

/**
 * A card of these bytes that another version of this program began, in words of its own: it stays, as nothing is
 * overwritten. Null for a file that is about anything else.
 */
async function renderedBefore(
  place: ObjectPlace,
  key: string,
  { name, release }: { name: string; release: Release },
): Promise<ReleaseFile | null> {
  if (!isRendered(name)) return null;
  const found = await place.read(key, SMALL);
  if (!found || !Buffer.from(found.bytes).includes(release.digest)) return null;

  const { bytes } = found;
  return { name, size: bytes.length, sha256: hashBytes(bytes) };
}

/** Of the same model, what somebody removed from the version is put back. */
async function compared(
  place: ObjectPlace,
  there: Release,
  { release, files }: { release: Release; files: readonly LocalFile[] },
): Promise<PutOutcome> {
  if (there.digest !== release.digest)
    return { status: "other", release: there };

  const prefix = versionPrefix(there, there.release);
  const written = there.files.filter(({ name }) => !isRendered(name));
  const below = writtenBelow(place, prefix);
  const isRestored = await restoreFiles(below, { written, files });

  return { status: isRestored ? "put" : "there", release: there };
}

async function readRelease(
  place: ObjectPlace,
  key: string,
): Promise<Release | null> {
  const found = await place.read(key, SMALL);
  if (!found) return null;

  const text = Buffer.from(found.bytes).toString("utf8");
  return (await parseDocument(
    text,
    `${place.url}: ${key}`,
    "release",
  )) as Release;
}

async function readAlias(
  place: ObjectPlace,
  key: string,
): Promise<{ alias: Alias; etag: string } | null> {
  const found = await place.read(key, SMALL);
  if (!found) return null;

  const { release, before } = ownObject<Record<keyof Alias, unknown>>(
    found.bytes,
  );
  if (typeof release !== "string") throw foreign(place, key);

  const names = Array.isArray(before) ? before.map(String) : [];
  return { alias: { release, before: names }, etag: found.etag };
}

async function setAlias(
  place: ObjectPlace,
  key: string,
  { was, is }: { was: Alias | null; is: Alias },
): Promise<boolean> {
  const now = await readAlias(place, key);
  if (JSON.stringify(now?.alias ?? null) !== JSON.stringify(was)) return false;

  const bytes = Buffer.from(toJson(is));
  if (await place.replace(key, bytes, now?.etag ?? null)) return true;

  // The answer of an earlier try may have been lost: then it is as we wanted it.
  const after = await readAlias(place, key);
  return JSON.stringify(after?.alias) === JSON.stringify(is);
}
