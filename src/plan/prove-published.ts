import { changedObjects } from "../attest/hash-stored.ts";
import type { Snapshot } from "../store/store.ts";
import type { PlannedModel } from "./plan.ts";

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
