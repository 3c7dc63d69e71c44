import { changedObjects } from "../attest/hash-stored.ts";
import type { BranchPaths } from "../model/layout.ts";
import type { Snapshot } from "../store/store.ts";
import type { PlannedModel } from "./plan.ts";
import type { BranchContent } from "./read-branch.ts";
import { strayModels, unlistedModels } from "./stray-models.ts";

/**
 * What a key signed lies there by the store's word, and a store takes that word from whoever writes: before a signed
 * green is used again, its bytes are hashed. The published files that are others, by path; none where nothing is reused.
 */
export async function changedPublished(
  snapshot: Pick<Snapshot, "download">,
  { author, published, decision, fingerprint, altered }: PlannedModel,
  folder: string,
): Promise<string[]> {
  const mayBeReused = decision === "unchanged" || fingerprint === null;
  if (author.key === null || !published || !mayBeReused) return [];

  // What is openly another file is put back, and needs nobody.
  const same = published.files.filter(({ path }) => !altered.includes(path));

  return changedObjects(snapshot, same, folder);
}

/** Says of each model, by its name, what lies in its published folder otherwise than its manifest says. */
export function finderBeside(
  { edge, manifests }: Pick<BranchContent, "edge" | "manifests">,
  paths: BranchPaths,
): (name: string) => Pick<PlannedModel, "stray" | "altered"> {
  const unlisted = unlistedModels(edge.keys(), manifests.values());

  return (name) => {
    const listed = manifests.get(name)?.files ?? [];

    return {
      stray: strayModels(name, paths, unlisted),
      altered: listed
        .filter(({ path, token }) => edge.get(path)?.token !== token)
        .map(({ path }) => path),
    };
  };
}
