import type { Settings } from "../config/settings.ts";
import { sharedWork } from "../disk/work-folder.ts";
import {
  attestationPath,
  branchPaths,
  isManifestPath,
  modelSignaturePath,
} from "../model/layout.ts";
import { type PublishedManifest, readPublished } from "../model/manifest.ts";
import type { Snapshot } from "../store/store.ts";
import { ATTESTATION_LIMIT } from "./attestation.ts";
import {
  type BranchObjects,
  listedNow,
  objectsBelow,
} from "./branch-objects.ts";
import { hashStored } from "./hash-stored.ts";
import type { FoundModel } from "./verify-model.ts";

/**
 * The published models of a snapshot. Their files, and the inputs that lie in the models' folders, are fetched below
 * `out` to be hashed: no token is trusted.
 */
export async function modelsInStore(
  snapshot: Snapshot,
  settings: Pick<Settings, "modelPath" | "edgePath">,
  out: string,
): Promise<FoundModel[]> {
  const paths = branchPaths(settings.modelPath, settings.edgePath);
  const published = await objectsBelow(snapshot, [paths.edge, paths.evidence]);
  const inputs = await objectsBelow(snapshot, [paths.model]);
  const folder = sharedWork(out, "verify");
  const models: FoundModel[] = [];

  for (const path of published.keys()) {
    if (!isManifestPath(path, paths)) continue;

    const found = await readPublished(snapshot, path);
    const place = path.slice(0, path.lastIndexOf("/") + 1);
    const own = new Set([
      path,
      attestationPath(path),
      modelSignaturePath(path),
    ]);

    models.push({
      model: found?.manifest.name ?? path,
      published: found,
      attestation: await snapshot.read(
        attestationPath(path),
        ATTESTATION_LIMIT,
      ),
      signature: await snapshot.read(
        modelSignaturePath(path),
        ATTESTATION_LIMIT,
      ),
      snapshot: snapshot.id,
      hash: ({ manifest }) =>
        hashStored(snapshot, listedNow(manifest.files, published), folder),
      otherInputs: (about) => otherInputs(snapshot, inputs, about, folder),
      beside: [...published.keys()].filter(
        (item) => item.startsWith(place) && !own.has(item),
      ),
      mayLack: () => false,
    });
  }

  return models;
}

async function otherInputs(
  snapshot: Snapshot,
  inputs: BranchObjects,
  { manifest }: PublishedManifest,
  folder: string,
): Promise<string[] | null> {
  if (inputs.size === 0) return null;

  const now = await hashStored(
    snapshot,
    listedNow(manifest.inputs, inputs),
    folder,
  );

  return manifest.inputs
    .filter(({ path, sha256 }) => now.get(path) !== sha256)
    .map(({ path }) => path);
}
