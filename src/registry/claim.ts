import { hashBytes } from "../disk/hash-file.ts";
import { toJson } from "../document/document.ts";
import { objectIn } from "../document/json-object.ts";
import { UsageError } from "../errors.ts";
import type { ObjectPlace, ObjectSource } from "./object-place.ts";

/** Bytes of the largest document of ours that is read. */
export const SMALL = 8 << 20;

/**
 * Says which bytes a version or a data set has, before any of them is written. Null where these bytes may be written; else
 * the digest of those that are being written, or were.
 */
export async function claim(
  place: ObjectPlace,
  key: string,
  digest: string,
): Promise<string | null> {
  const bytes = Buffer.from(toJson({ digest }));
  const outcome = await place.create(key, { bytes, sha256: hashBytes(bytes) });
  if (outcome === "created") return null;

  const there = await place.read(key, SMALL);
  const found = ownObject<{ digest: unknown }>(there?.bytes).digest;
  return found === digest ? null : String(found);
}

/** Writes what may be there already. Throws `UsageError` where it is there with other bytes. */
export async function writeOnce(
  place: ObjectPlace,
  key: string,
  source: ObjectSource,
): Promise<void> {
  const outcome = await place.create(key, source);
  if (outcome === "exists" && (await place.hash(key)) !== source.sha256)
    throw foreign(place, key);
}

/** The object in a document of ours; an empty one where it holds none. */
export function ownObject<T extends object>(
  bytes: Uint8Array | undefined,
): Partial<T> {
  const text = Buffer.from(bytes ?? []).toString("utf8");
  return (objectIn(text) ?? {}) as Partial<T>;
}

/** Something lies where ours should be. */
export function foreign(place: ObjectPlace, key: string): UsageError {
  return new UsageError(
    `${place.url}: ${key} is there with other bytes, and was not written by model-to-edge`,
    {
      code: "release-damaged",
      hint: "look who wrote it there, and remove it or choose a higher version with `--version`",
    },
  );
}
