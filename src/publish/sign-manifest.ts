import { attest } from "../attest/attestation.ts";
import type { AnySigner } from "../attest/keys.ts";
import { signFolder } from "../attest/model-signature.ts";
import { hashBytes } from "../disk/hash-file.ts";
import {
  attestationPath,
  branchPaths,
  type ModelPlaces,
  placesOf,
} from "../model/layout.ts";
import { type Manifest, manifestBytes } from "../model/manifest.ts";
import type { Plan } from "../plan/plan.ts";
import type { Placed } from "./compose-change.ts";

/** A manifest with its place, and its signatures where there is a key. */
export async function signManifest(
  plan: Plan,
  manifest: Manifest,
  signer: AnySigner | null,
): Promise<Placed> {
  const { source, store } = plan;
  const paths = branchPaths(store.model_path, store.edge_path);
  const places = placesOf(manifest.name, paths);
  const planned = plan.models.find(({ name }) => name === manifest.name);
  const placed = {
    ...{ manifest, places, stray: planned?.stray ?? [] },
    isAltered: planned ? planned.altered.length > 0 : false,
  };
  if (!signer) return placed;

  const bytes = await attest(
    { manifest, bytes: manifestBytes(manifest), path: places.manifest },
    {
      git: {
        project: source.project,
        ref: source.git_ref,
        commit: source.git_sha,
      },
      data: { store: store.url, branch: store.branch, commit: store.snapshot },
      pipeline: source.pipeline_url,
    },
    signer,
  );
  const files = publishedFolder(manifest, places, bytes);

  return {
    ...placed,
    attestation: {
      bytes,
      folder: signFolder(manifest.name, files, signer),
      isMissing: planned?.author.key == null,
    },
  };
}

/** sha256 of all that will lie in `edge/<name>/`, by path in it. */
function publishedFolder(
  manifest: Manifest,
  { edge, manifest: pointer }: ModelPlaces,
  attestation: Uint8Array,
): Map<string, string> {
  const files = manifest.files.filter(({ path }) => path.startsWith(edge));

  return new Map([
    ...files.map(
      (file) => [file.path.slice(edge.length), file.sha256] as const,
    ),
    [pointer.slice(edge.length), hashBytes(manifestBytes(manifest))],
    [attestationPath(pointer).slice(edge.length), hashBytes(attestation)],
  ]);
}
