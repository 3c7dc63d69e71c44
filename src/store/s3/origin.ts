import { toJson } from "../../document/document.ts";
import type { Bucket } from "./bucket.ts";
import { originKey } from "./layout.ts";
import type { ListedObject } from "./read-calls.ts";
import { readBytes, writeBytes } from "./small-objects.ts";

/** What a branch was made from, or what it was landed in last: how its target is known to have changed since. */
export interface Origin {
  /** The branch that it came from. */
  from: string;
  /** Up to which publication of that branch this one has all of it; null where none was there. */
  publication: string | null;
  /** False while the branch is made or removed. */
  complete: boolean;
  /** Of that branch: ETags of its own objects by path, as they were. */
  objects: Record<string, string>;
}

const LARGEST_ORIGIN = 64 << 20;

/** Null where nobody wrote one: the branch was made by hand. */
export async function readOrigin(
  bucket: Bucket,
  branch: string,
): Promise<Origin | null> {
  const read = await readBytes(bucket, originKey(branch), LARGEST_ORIGIN);
  if (!read) return null;

  try {
    const data = JSON.parse(read.bytes.toString("utf8"));
    const { from, publication = null, complete, objects } = data;
    const isWhole = typeof from === "string" && typeof objects === "object";
    return isWhole && objects ? { from, publication, complete, objects } : null;
  } catch {
    // Somebody damaged it: as good as none.
    return null;
  }
}

export async function writeOrigin(
  bucket: Bucket,
  branch: string,
  origin: Origin,
): Promise<void> {
  const data = { kind: "s3-origin", version: 1, ...origin };
  await writeBytes(bucket, originKey(branch), Buffer.from(toJson(data)), null);
}

/** ETags by path. */
export function etagsOf(
  objects: readonly ListedObject[],
): Record<string, string> {
  return Object.fromEntries(objects.map(({ key, etag }) => [key, etag]));
}
