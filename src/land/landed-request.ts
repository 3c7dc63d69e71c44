import { UsageError } from "../errors.ts";
import { type Manifest, readManifest } from "../model/manifest.ts";
import type { PointerChange } from "../store/pointer-change.ts";
import type { Snapshot, Store } from "../store/store.ts";
import { REQUEST_KEY, REQUEST_URL_KEY } from "./landing.ts";

export interface RequestOfModel {
  iid: number;
  url: string | null;
}

/** Changes of a manifest that are looked at: verdicts that were made again for the same inputs. */
const LOOKED_AT = 10;

/**
 * The merge request that brought a model to the branch, by the landing commit's metadata. `path`: of its manifest. A verdict
 * that was made again since for the same inputs does not hide it. Null where it cannot be told, as for what was pushed there.
 */
export async function requestOf(
  store: Pick<Store, "changesOf" | "named">,
  snapshot: Snapshot,
  { path, manifest }: { path: string; manifest: Manifest },
): Promise<RequestOfModel | null> {
  const changes = await store.changesOf(snapshot.id, path, LOOKED_AT);
  const [newest, ...older] = changes;
  const last = newest && requestIn(newest);
  if (last) return last;

  const inputs = inputsOf(manifest);
  for (const change of older) {
    const request = requestIn(change);
    if (!request) continue;

    const then = await manifestAt(store, change, path);
    if (then && inputsOf(then) === inputs) return request;
  }

  return null;
}

function requestIn({ metadata }: PointerChange): RequestOfModel | null {
  const iid = Number(metadata[REQUEST_KEY] ?? "");
  return Number.isSafeInteger(iid) && iid > 0
    ? { iid, url: metadata[REQUEST_URL_KEY] ?? null }
    : null;
}

async function manifestAt(
  store: Pick<Store, "named">,
  { id }: PointerChange,
  path: string,
): Promise<Manifest | null> {
  try {
    return await readManifest(await store.named(id), path);
  } catch (error) {
    // A store without history has only its newest state.
    if (error instanceof UsageError) return null;
    throw error;
  }
}

function inputsOf({ inputs }: Manifest): string {
  const lines = inputs.map(({ path, sha256 }) => `${sha256}  ${path}`);
  return lines.sort().join("\n");
}
