import type { Bucket } from "./bucket.ts";
import { readIndex } from "./index-file.ts";
import {
  type LandingPlace,
  landingOf,
  readRecord,
  removeLanding,
} from "./landing-record.ts";
import { LANDINGS } from "./layout.ts";
import { listBelow } from "./listing.ts";

/**
 * Removes what landings have left beside their branches that were killed before their publication or after their end, and
 * that nobody touched since `before`. One that is still to be completed stays.
 */
export async function removeLeftLandings(
  bucket: Bucket,
  before: Date,
): Promise<void> {
  const touched = new Map<string, { place: LandingPlace; atMs: number }>();
  for await (const { key, changedAt } of listBelow(bucket, LANDINGS)) {
    const [branch, id, ...rest] = key.slice(LANDINGS.length).split("/");
    if (!branch || !id || rest.length === 0) continue;

    const name = `${branch}/${id}`;
    const atMs = Math.max(
      changedAt.getTime(),
      touched.get(name)?.atMs ?? Number.NEGATIVE_INFINITY,
    );
    touched.set(name, { place: { branch, id }, atMs });
  }

  for (const { place, atMs } of touched.values()) {
    if (atMs > before.getTime() || (await isOpen(bucket, place))) continue;
    await removeLanding(bucket, place);
  }
}

/** Its publication is made, and its models are still to be changed. */
async function isOpen(bucket: Bucket, place: LandingPlace): Promise<boolean> {
  const current = await readIndex(bucket, place.branch);
  if (!current || landingOf(current.commit)?.id !== place.id) return false;

  return (await readRecord(bucket, place)) !== null;
}
