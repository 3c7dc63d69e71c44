import type { Readable } from "node:stream";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
} from "@aws-sdk/client-s3";
import { Garbled } from "../transfer/errors.ts";
import type { BucketClient } from "./bucket-client.ts";
import { isEncrypted, isMd5, rawEtag } from "./etag.ts";
import { type ListedObject, type ListPage, pageOf } from "./list-answer.ts";
import { notS3, toldSafely } from "./refusal.ts";

export type { ListedObject };

export interface ObjectHead {
  size: number;
  /** Without quotes. */
  etag: string;
  changedAt: Date;
  /** Of the whole object, as 64 hex; null where the server has none. */
  sha256: string | null;
  /** Its ETag is no md5: the server encrypts with keys of its own. */
  isEncrypted: boolean;
  metadata: Record<string, string>;
}

interface Wished {
  /** The first byte. */
  from?: number;
  /** Only where the object is still as it names it. */
  etag?: string;
  version?: string;
}

interface ListOptions {
  token?: string | undefined;
  /** Also what lies between the prefix and the next `/`. */
  folders?: boolean;
  /** Objects of a page. */
  most?: number;
}

/** An object's bytes from a byte on; `from` of the answer is 0 where the server sent all of it. */
export async function getObject(
  { client, bucket }: BucketClient,
  key: string,
  { from = 0, etag, version }: Wished,
  abortSignal: AbortSignal,
) {
  const command = new GetObjectCommand({
    ...{ Bucket: bucket, Key: key },
    ...(from > 0 && { Range: `bytes=${from}-` }),
    ...(etag && { IfMatch: `"${etag}"` }),
    ...(version && { VersionId: version }),
  });
  const answer = await toldSafely(client.send(command, { abortSignal }), {
    right: "s3:GetObject",
    key,
  });

  return {
    body: answer.Body as Readable,
    etag: rawEtag(answer),
    isMd5: isMd5(rawEtag(answer), answer),
    size: answer.ContentLength ?? 0,
    from: answer.ContentRange ? from : 0,
  };
}

export async function headObject(
  { client, bucket }: BucketClient,
  key: string,
  abortSignal: AbortSignal,
): Promise<ObjectHead> {
  const command = new HeadObjectCommand({
    ...{ Bucket: bucket, Key: key },
    ChecksumMode: "ENABLED",
  });
  const answer = await toldSafely(client.send(command, { abortSignal }), {
    right: "s3:GetObject",
    key,
  });

  const { ContentLength: size } = answer;
  if (size === undefined || Number.isNaN(size))
    throw new Garbled(`the answer has no size of ${key}`);

  return {
    size,
    etag: rawEtag(answer),
    changedAt: answer.LastModified ?? new Date(0),
    sha256: hexOf(answer.ChecksumSHA256),
    isEncrypted: isEncrypted(answer),
    metadata: answer.Metadata ?? {},
  };
}

export async function listPage(
  { client, bucket }: BucketClient,
  prefix: string,
  { token, folders, most }: ListOptions,
  abortSignal: AbortSignal,
): Promise<ListPage> {
  const command = new ListObjectsV2Command({
    ...{ Bucket: bucket, Prefix: prefix, ContinuationToken: token },
    ...(folders && { Delimiter: "/" }),
    ...(most && { MaxKeys: most }),
  });
  const answer = await toldSafely(client.send(command, { abortSignal }), {
    right: "s3:ListBucket",
    key: prefix,
  });

  // Any page of a browser is an empty listing to the SDK.
  if (answer.Name === undefined) throw notS3();

  return pageOf(answer, prefix, token);
}

/** Id of the newest version of a key with this ETag; null where there is none, or no versioning. */
export async function versionOf(
  { client, bucket }: BucketClient,
  key: string,
  etag: string,
  abortSignal: AbortSignal,
): Promise<string | null> {
  const command = new ListObjectVersionsCommand({
    Bucket: bucket,
    Prefix: key,
  });
  const answer = await toldSafely(client.send(command, { abortSignal }), {
    right: "s3:ListBucketVersions",
    key,
  });
  const found = (answer.Versions ?? []).find(
    (each) =>
      each.Key === key && rawEtag(each) === etag && each.VersionId !== "null",
  );

  return found?.VersionId ?? null;
}

/** Of an upload in parts it is another thing, with a `-N` at its end. */
function hexOf(base64: string | undefined): string | null {
  if (base64 === undefined || base64.includes("-")) return null;
  return Buffer.from(base64, "base64").toString("hex");
}
