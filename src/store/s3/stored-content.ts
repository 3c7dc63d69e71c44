import { isRefusal } from "../transfer/errors.ts";
import { ask, type Bucket } from "./bucket.ts";
import { addressedBy, OBJECTS } from "./layout.ts";
import { listBelow } from "./listing.ts";
import { S3Refusal } from "./refusal.ts";
import {
  type ListedVersion,
  listVersionPage,
  type VersionMark,
  type VersionPage,
} from "./version-calls.ts";

/** What lies under one content address: an object, or several versions of it. */
export interface StoredContent {
  sha256: string;
  /** Below the store's prefix. */
  key: string;
  /** Bytes of all versions. */
  size: number;
  /** Of the newest version. */
  changedAt: Date;
  /** Null where the bucket keeps none. */
  versions: string[] | null;
}

/** All content of the store, by its address; what has another name there is not ours. */
export async function* storedContent(
  bucket: Bucket,
): AsyncGenerator<StoredContent> {
  let same: ListedVersion[] = [];

  for await (const version of allVersions(bucket)) {
    if (addressedBy(version.key) === null) continue;

    if (same.length > 0 && same[0]?.key !== version.key) {
      yield contentOf(same);
      same = [];
    }
    same.push(version);
  }

  if (same.length > 0) yield contentOf(same);
}

function contentOf(same: readonly ListedVersion[]): StoredContent {
  const key = same[0]?.key ?? "";
  const times = same.map(({ changedAt }) => changedAt.getTime());
  const versions = same.map(({ version }) => version);

  return {
    ...{ key, sha256: key.slice(OBJECTS.length) },
    size: same.reduce((sum, { size }) => sum + size, 0),
    changedAt: new Date(Math.max(...times)),
    versions: versions.every((version) => version === "null") ? null : versions,
  };
}

/** In the order of their keys. */
async function* allVersions(bucket: Bucket): AsyncGenerator<ListedVersion> {
  let from: VersionMark | null = null;
  try {
    do {
      const start: VersionMark | null = from;
      const page: VersionPage = await ask(bucket, (at, signal) =>
        listVersionPage(at, bucket.prefix + OBJECTS, start, signal),
      );
      for (const each of page.versions)
        yield { ...each, key: each.key.slice(bucket.prefix.length) };
      from = page.next;
    } while (from !== null);
  } catch (error) {
    if (from !== null || !knowsNoVersions(error)) throw error;
    for await (const each of listBelow(bucket, OBJECTS))
      yield { ...each, version: "null" };
  }
}

/** A server without versions does not know the call. */
function knowsNoVersions(error: unknown): boolean {
  return (
    isRefusal(error, "other") &&
    error instanceof S3Refusal &&
    (error.status === 501 || error.failure.name === "NotImplemented")
  );
}
