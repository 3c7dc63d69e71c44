import type { PointerChange } from "../pointer-change.ts";
import type { LakefsApi } from "./api.ts";
import { orNull } from "./rest.ts";

/** How far back the log is read. */
const LOG = 200;

/** The commits of a snapshot's first parents that changed an object, the newest first; at most `limit`. */
export async function pointerChanges(
  api: LakefsApi,
  snapshot: string,
  { pointer, limit }: { pointer: string; limit: number },
): Promise<PointerChange[]> {
  const addressAt = async (ref: string) =>
    (await orNull(api.statObject(ref, pointer)))?.address ?? null;
  const log = await api.logCommits(snapshot, LOG);
  const found: PointerChange[] = [];

  let now = await addressAt(snapshot);
  for (const [at, { id, metadata, parents }] of log.entries()) {
    if (now === null || found.length >= limit) break;

    const older = log[at + 1]?.id ?? parents[0];
    const before = older === undefined ? null : await addressAt(older);
    if (before !== now) found.push({ id, metadata });
    now = before;
  }

  return found;
}
