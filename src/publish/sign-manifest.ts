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
  const path = placesOf(manifest.name, paths).manifest;
  if (!signer) return { manifest, path };

  const bytes = attest(
    { manifest, bytes: manifestBytes(manifest), path },
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

  const planned = plan.models.find(({ name }) => name === manifest.name);

  return {
    manifest,
    path,
    attestation: { bytes, isMissing: planned?.author.key == null },
  };
}
