import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
} from "@aws-sdk/client-s3";
import { Garbled } from "../transfer/errors.ts";
import type { BucketClient } from "./bucket-client.ts";
import { entryOf } from "./list-answer.ts";
import { toldSafely } from "./refusal.ts";

export interface ListedVersion {
  key: string;
  /** Bytes. */
  size: number;
  changedAt: Date;
  /** "null": of an object from before the bucket kept versions, or of one that keeps none. */
  version: string;
}

export interface VersionMark {
  key: string;
  version: string | undefined;
}

export interface VersionPage {
  versions: ListedVersion[];
  next: VersionMark | null;
}

/** All versions below a prefix, without the marks of removals. */
export async function listVersionPage(
  { client, bucket }: BucketClient,
  prefix: string,
  from: VersionMark | null,
  abortSignal: AbortSignal,
): Promise<VersionPage> {
  const command = new ListObjectVersionsCommand({
    ...{ Bucket: bucket, Prefix: prefix },
    ...(from && { KeyMarker: from.key, VersionIdMarker: from.version }),
  });
  const answer = await toldSafely(client.send(command, { abortSignal }), {
    right: "s3:ListBucketVersions",
    key: prefix,
  });

  const { EncodingType, Versions = [] } = answer;
  const marker = {
    key: answer.NextKeyMarker ?? "",
    version: answer.NextVersionIdMarker,
  };
  const leadsOn = marker.key !== "" && !isSame(marker, from);
  if (answer.IsTruncated && !leadsOn)
    throw new Garbled(`the listing of versions of ${prefix} breaks off`);

  // The SDK makes `false` of a damaged truth value: a marker counts for more.
  const isMore = answer.IsTruncated || Versions.length > 0;
  const next = leadsOn && isMore ? marker : null;

  return {
    versions: Versions.map((each) => ({
      ...entryOf(each, { prefix, EncodingType }),
      version: each.VersionId ?? "null",
    })),
    next,
  };
}

function isSame(next: VersionMark, from: VersionMark | null): boolean {
  return next.key === from?.key && next.version === from.version;
}

/** Removes one version for good; `version` null: the object, of a bucket that keeps no versions. */
export async function removeVersion(
  { client, bucket }: BucketClient,
  key: string,
  version: string | null,
  abortSignal: AbortSignal,
): Promise<void> {
  const command = new DeleteObjectCommand({
    ...{ Bucket: bucket, Key: key },
    ...(version !== null && { VersionId: version }),
  });
  await toldSafely(client.send(command, { abortSignal }), {
    right: version === null ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
    key,
  });
}
