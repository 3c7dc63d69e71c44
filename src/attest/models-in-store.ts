import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Settings } from "../config/settings.ts";
import {
  attestationPath,
  branchPaths,
  isManifestPath,
} from "../model/layout.ts";
import { type PublishedManifest, readPublished } from "../model/manifest.ts";
import type { Snapshot } from "../store/store.ts";
import { ATTESTATION_LIMIT } from "./attestation.ts";
import type { FoundModel } from "./verify-model.ts";

/** The published models of a snapshot. Their files are fetched below `out` to be hashed: no token is believed. */
export async function modelsInStore(
  snapshot: Snapshot,
  settings: Pick<Settings, "modelPath" | "edgePath">,
  out: string,
): Promise<FoundModel[]> {
  const paths = branchPaths(settings.modelPath, settings.edgePath);
  const listed: string[] = [];
  for (const prefix of [paths.edge, paths.evidence])
    for await (const { path } of snapshot.list(`${prefix}/`)) listed.push(path);

  const models: FoundModel[] = [];

  for (const path of listed.filter((item) => isManifestPath(item, paths))) {
    const published = await readPublished(snapshot, path);
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const own = new Set([path, attestationPath(path)]);

    models.push({
      model: published?.manifest.name ?? path,
      published,
      attestation: await snapshot.read(
        attestationPath(path),
        ATTESTATION_LIMIT,
      ),
      hash: (about) => hashFetched(snapshot, listed, about, join(out, "work")),
      beside: listed.filter(
        (item) => item.startsWith(folder) && !own.has(item),
      ),
      mayLack: () => false,
    });
  }

  return models;
}

async function hashFetched(
  snapshot: Snapshot,
  listed: readonly string[],
  { manifest }: PublishedManifest,
  out: string,
): Promise<Map<string, string>> {
  const there = new Set(listed);
  const folder = join(out, "verify");
  try {
    const files = await snapshot.download(
      manifest.files.filter(({ path }) => there.has(path)),
      folder,
    );
    return new Map(files.map(({ path, sha256 }) => [path, sha256]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
