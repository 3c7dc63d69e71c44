import { changedObjects } from "../attest/hash-stored.ts";
import type { Plan } from "../plan/plan.ts";
import type { Store, StoredFile } from "../store/store.ts";
import { tokensBelow } from "../store/tokens-by-path.ts";
import type { Placed } from "./compose-change.ts";

/**
 * A store keeps an object that is there already under the checksum of a new one, whatever its bytes are. Before such a
 * file is vouched for, the bytes that will stay are hashed; the paths of those that are others.
 */
export async function forgedObjects(
  store: Pick<Store, "snapshot">,
  plan: Plan,
  manifests: readonly Placed[],
  folder: string,
): Promise<string[]> {
  const { branch, snapshot: at } = plan.store;
  const snapshot = await store.snapshot(branch, at);
  const kept: StoredFile[] = [];

  for (const { manifest, places } of manifests) {
    const below = [places.edge, places.evidence];
    const now = await tokensBelow(snapshot, below);
    kept.push(
      ...manifest.files.filter(({ path, token }) => now.get(path) === token),
    );
  }

  return changedObjects(snapshot, kept, folder);
}
