import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { objectsBelow } from "../attest/branch-objects.ts";
import type { Settings } from "../config/settings.ts";
import {
  attestationPath,
  type BranchPaths,
  branchPaths,
  isManifestPath,
  placesOf,
} from "../model/layout.ts";
import { type Manifest, readPublished } from "../model/manifest.ts";
import { fetchCommands } from "../publish/fetch-commands.ts";
import type { Snapshot, Store } from "../store/store.ts";
import type { Contract } from "../validate/contract/contract.ts";
import { readContract } from "../validate/contract/read-contract.ts";
import { compareVersions, readVersion } from "../version/release-version.ts";
import type {
  CatalogueEntry,
  CatalogueVersion,
  ListedReport,
} from "./catalogue.ts";
import type { ModelKey, Release } from "./release.ts";
import type { RegistryTarget } from "./target.ts";

/** Models that are read at once. */
const AT_ONCE = 8;
/** Bytes of the largest contract that is read. */
const CONTRACT_LIMIT = 8 << 20;

export interface BranchWish {
  store: Pick<Store, "link" | "placeAt">;
  snapshot: Snapshot;
  settings: Pick<Settings, "modelPath" | "edgePath" | "key" | "s3Endpoint">;
  /** Folder for files that are gone afterwards. */
  scratch: string;
}

/** All models that a branch publishes, from their manifests and contracts alone. */
export async function publishedEntries(
  wish: BranchWish,
): Promise<CatalogueEntry[]> {
  const { snapshot, settings } = wish;
  const paths = branchPaths(settings.modelPath, settings.edgePath);
  const objects = await objectsBelow(snapshot, [paths.edge]);
  const manifests = [...objects.keys()].filter((path) =>
    isManifestPath(path, paths),
  );
  const entries = await inBatches(manifests, async (path) => {
    const found = await readPublished(snapshot, path);
    const signed = objects.has(attestationPath(path));
    return found && entryOf(wish, found.manifest, { paths, signed });
  });

  return entries.filter((entry) => entry !== null);
}

/** Some at once; the results in the order of the items. */
async function inBatches<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    results.push(
      ...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))),
    );

  return results;
}

async function entryOf(
  wish: BranchWish,
  { name, engine, verdict, files, inputs }: Manifest,
  { paths, signed }: { paths: BranchPaths; signed: boolean },
): Promise<CatalogueEntry> {
  const { store, snapshot, settings } = wish;
  const { edge, evidence } = placesOf(name, paths);
  const commands = fetchCommands({
    ...{ place: store.placeAt(snapshot.id), models: [name], settings },
    ...{ isSigned: signed, hasKey: signed },
  });

  return {
    name,
    picture: null,
    contract: await contractOf(wish, `${edge}contract.json`),
    versions: [],
    published: {
      ...{ engine, signed, inputs, ...commands },
      outcome: verdict.outcome,
      ...{ answer: verdict.answer, because: verdict.because },
      files: files.filter(({ path }) => path.startsWith(edge)),
      url: store.link(snapshot.id, edge),
      report: reportOf(wish, files, `${evidence}report.html`),
    },
  };
}

function reportOf(
  { store, snapshot }: BranchWish,
  files: Manifest["files"],
  path: string,
): ListedReport | null {
  const listed = files.find((file) => file.path === path);
  if (!listed) return null;

  const { size, sha256 } = listed;
  return { path, size, sha256, url: store.link(snapshot.id, path) };
}

async function contractOf(
  { snapshot, scratch }: BranchWish,
  path: string,
): Promise<Contract | null> {
  const bytes = await snapshot.read(path, CONTRACT_LIMIT);
  if (!bytes) return null;

  const folder = await mkdtemp(join(scratch, "contract-"));
  const file = join(folder, "contract.json");
  await writeFile(file, bytes);
  return (await readContract(file)).contract;
}

/**
 * The entries with the versions of a registry: by the store's name of the model that a version was promoted from. Models
 * that the branch no longer publishes come after the others.
 */
export async function withVersions(
  entries: readonly CatalogueEntry[],
  registry: RegistryTarget,
): Promise<CatalogueEntry[]> {
  const versions = new Map<string, CatalogueVersion[]>();
  const found = await inBatches(await registry.models(), (key) =>
    versionsOf(registry, key),
  );
  for (const { model, version } of found.flat())
    versions.set(model, [...(versions.get(model) ?? []), version]);

  const known = new Set(entries.map(({ name }) => name));
  const gone = [...versions.keys()]
    .filter((name) => !known.has(name))
    .map((name) => ({
      ...{ name, published: null, contract: null, picture: null },
      versions: [],
    }));

  return [...entries, ...gone].map((entry) => ({
    ...entry,
    versions: (versions.get(entry.name) ?? []).sort(newestFirst),
  }));
}

async function versionsOf(
  registry: RegistryTarget,
  key: ModelKey,
): Promise<{ model: string; version: CatalogueVersion }[]> {
  const named = await aliasesOf(registry, key);
  const found: { model: string; version: CatalogueVersion }[] = [];
  for (const name of await registry.versions(key)) {
    const release = await registry.read(key, name);
    if (!release) continue;

    found.push({
      model: release.source.model,
      version: versionOf(release, {
        place: registry.link(key, name),
        aliases: named.get(name) ?? [],
      }),
    });
  }

  return found;
}

async function aliasesOf(
  registry: RegistryTarget,
  key: ModelKey,
): Promise<Map<string, string[]>> {
  const named = new Map<string, string[]>();
  for (const name of await registry.aliases(key)) {
    const alias = await registry.alias(key, name);
    if (alias)
      named.set(alias.release, [...(named.get(alias.release) ?? []), name]);
  }

  return named;
}

function versionOf(
  { release, since, outcome, source }: Release,
  more: Pick<CatalogueVersion, "place" | "aliases">,
): CatalogueVersion {
  return {
    ...{ release, outcome, commit: source.commit, ...more },
    level: since?.level ?? null,
    since: since?.release ?? null,
    changes: since?.changes ?? [],
  };
}

function newestFirst(a: CatalogueVersion, b: CatalogueVersion): number {
  const [left, right] = [readVersion(a.release), readVersion(b.release)];
  return left && right ? compareVersions(right, left) : 0;
}
