import { attest } from "../attest/attestation.ts";
import type { Signer } from "../attest/keys.ts";
import { branchPaths, placesOf } from "../model/layout.ts";
import { type Manifest, manifestBytes } from "../model/manifest.ts";
import type { Plan } from "../plan/plan.ts";
import type { Placed } from "./compose-change.ts";

/** A manifest with its place, and its attestation where there is a key. */
export function signManifest(
  plan: Plan,
  manifest: Manifest,
  signer: Signer | null,
): Placed {
  const { source, store } = plan;
  const paths = branchPaths(store.model_path, store.edge_path);
  const places = placesOf(manifest.name, paths);
  const planned = plan.models.find(({ name }) => name === manifest.name);
  const placed = {
    ...{ manifest, places, stray: planned?.stray ?? [] },
    isAltered: planned ? planned.altered.length > 0 : false,
  };
  if (!signer) return placed;

  const bytes = attest(
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

  return {
    ...placed,
    attestation: { bytes, isMissing: planned?.author.key == null },
  };
}
