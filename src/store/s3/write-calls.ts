import type { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { bareEtag } from "../transfer/etag.ts";
import type { BucketClient } from "./bucket-client.ts";
import { rawEtag } from "./etag.ts";
import { addressedBy } from "./layout.ts";
import { toldSafely } from "./refusal.ts";

/** Of a write: nothing there, or what this ETag names. */
export type Condition = { absent: true } | { etag: string };

export interface PutInput {
  key: string;
  body: Uint8Array | Readable;
  /** Bytes. */
  size: number;
  condition?: Condition | null;
  /** Of the bytes, 64 hex: the server refuses others. */
  sha256?: string;
}

export interface CopyWish {
  from: string;
  to: string;
  /** Of the source. */
  etag: string;
}

export interface CopiedPart {
  uploadId: string;
  /** From 1. */
  number: number;
  /** First and last byte. */
  start: number;
  end: number;
}

/** Writes an object; answers its ETag. */
export async function putObject(
  { client, bucket }: BucketClient,
  { key, body, size, condition, sha256 }: PutInput,
  abortSignal: AbortSignal,
): Promise<string> {
  const command = new PutObjectCommand({
    ...{ Bucket: bucket, Key: key, Body: body, ContentLength: size },
    ContentType: contentType(key),
    ...checksumOf(sha256 ?? addressedBy(key)),
    ...headersOf(condition ?? null),
  });

  return rawEtag(
    await toldSafely(client.send(command, { abortSignal }), {
      right: "s3:PutObject",
      key,
    }),
  );
}

/** Copies inside the server what is still as the ETag names it; answers the copy's ETag. */
export async function copyObject(
  { client, bucket }: BucketClient,
  { from, to, etag }: CopyWish,
  abortSignal: AbortSignal,
): Promise<string> {
  const command = new CopyObjectCommand({
    ...{ Bucket: bucket, Key: to, CopySource: sourceOf(bucket, from) },
    CopySourceIfMatch: `"${etag}"`,
  });
  const answer = await toldSafely(client.send(command, { abortSignal }), {
    right: "s3:PutObject",
    key: to,
  });

  return rawEtag(answer.CopyObjectResult ?? {});
}

/** One part of a copy of what is too large for one call. */
export async function copyPart(
  { client, bucket }: BucketClient,
  { from, to, etag }: CopyWish,
  part: CopiedPart,
  abortSignal: AbortSignal,
): Promise<string> {
  const command = new UploadPartCopyCommand({
    ...{ Bucket: bucket, Key: to, CopySource: sourceOf(bucket, from) },
    ...{ UploadId: part.uploadId, PartNumber: part.number },
    CopySourceIfMatch: `"${etag}"`,
    CopySourceRange: `bytes=${part.start}-${part.end}`,
  });
  const answer = await toldSafely(client.send(command, { abortSignal }), {
    right: "s3:PutObject",
    key: to,
  });

  return bareEtag(rawEtag(answer.CopyPartResult ?? {}));
}

export async function removeObject(
  { client, bucket }: BucketClient,
  key: string,
  abortSignal: AbortSignal,
): Promise<void> {
  const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
  await toldSafely(client.send(command, { abortSignal }), {
    right: "s3:DeleteObject",
    key,
  });
}

export function contentType(key: string): string {
  return key.endsWith(".json")
    ? "application/json"
    : "application/octet-stream";
}

function sourceOf(bucket: string, key: string): string {
  return `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
}

function headersOf(condition: Condition | null) {
  if (condition === null) return {};
  return "etag" in condition
    ? { IfMatch: `"${condition.etag}"` }
    : { IfNoneMatch: "*" };
}

function checksumOf(sha256: string | null) {
  return sha256 === null
    ? {}
    : {
        // A bucket with object lock asks for both.
        ChecksumAlgorithm: "SHA256" as const,
        ChecksumSHA256: Buffer.from(sha256, "hex").toString("base64"),
      };
}
