import { ExternalError } from "../../errors.ts";
import { isRefusal } from "../transfer/errors.ts";
import { bareEtag } from "../transfer/etag.ts";
import type { ObjectFacts } from "../transfer/prove.ts";
import type { S3 } from "../transfer/s3-calls.ts";
import { ask, type Bucket } from "./bucket.ts";
import { getObject, versionOf } from "./read-calls.ts";
import { headOf } from "./stored-bytes.ts";

export interface PinnedObject {
  key: string;
  /** As it was listed; null: whatever is there. */
  etag: string | null;
  /** The ETag to answer instead of the server's. */
  shown?: string;
}

/**
 * Transfers of which a reading gets the object that was listed: as long as its ETag holds, else by its version where
 * the bucket keeps versions. Throws `ExternalError` where it is gone.
 */
export function pinned(bucket: Bucket, { key, etag, shown }: PinnedObject): S3 {
  return {
    ...bucket.transfers,
    async getObject(_key, from, signal) {
      const get = (wish: { etag?: string; version?: string }) =>
        getObject(bucket.at, key, { from, ...wish }, signal);
      try {
        const answer = await get(etag === null ? {} : { etag });
        return { ...answer, etag: shown ?? bareEtag(answer.etag) };
      } catch (error) {
        const isOther =
          isRefusal(error, "conflict") || isRefusal(error, "missing");
        if (!isOther) throw error;

        const version =
          etag === null ? null : await olderVersion(bucket, key, etag);
        if (version === null) throw changed(bucket, key);

        const answer = await get({ version });
        return { ...answer, etag: bareEtag(answer.etag) };
      }
    },
  };
}

/** What the server knows of an object beside its ETag. */
export async function factsOf(
  bucket: Bucket,
  key: string,
): Promise<ObjectFacts> {
  const head = await headOf(bucket, key);
  if (head === null) return { foreign: true, parts: null, metadata: {} };

  const isMd5 = /^[0-9a-f]{32}(-\d+)?$/.test(head.etag) && !head.isEncrypted;

  return {
    foreign: !isMd5,
    parts: Number(/-(\d+)$/.exec(head.etag)?.[1] ?? 1),
    metadata: {
      ...head.metadata,
      ...(head.sha256 !== null && { sha256: head.sha256 }),
    },
  };
}

/** Null also where these credentials may not list versions. */
async function olderVersion(
  bucket: Bucket,
  key: string,
  etag: string,
): Promise<string | null> {
  try {
    return await ask(bucket, (at, signal) => versionOf(at, key, etag, signal));
  } catch (error) {
    if (isRefusal(error, "auth") || isRefusal(error, "other")) return null;
    throw error;
  }
}

function changed({ prefix }: Bucket, key: string): ExternalError {
  const path = key.slice(prefix.length);
  return new ExternalError(
    `${path} changed in the store while the run read it`,
    {
      code: "changed-under-us",
      hint: "run again when nobody is writing to it; in a bucket that keeps versions the run reads the version that it saw",
    },
  );
}
