import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { bareEtag } from "../transfer/etag.ts";
import type { S3 } from "../transfer/s3-calls.ts";
import type { BucketClient } from "./bucket-client.ts";
import { rawEtag } from "./etag.ts";
import { getObject, headObject } from "./read-calls.ts";
import { toldSafely } from "./refusal.ts";
import { contentType, putObject } from "./write-calls.ts";

/** The calls of a transfer, each tried once, in the form that uploads and downloads of all stores have. Keys are whole. */
export function transferCalls(at: BucketClient): S3 {
  const { client, bucket, shown } = at;
  const place = (key: string) => ({ Bucket: bucket, Key: key });

  return {
    endpoint: shown,
    server: { hasAnswered: false },
    putObject: async (input, signal) =>
      bareEtag(await putObject(at, input, signal)),

    async createUpload(key, abortSignal) {
      const command = new CreateMultipartUploadCommand({
        ...place(key),
        ContentType: contentType(key),
      });
      const answer = await toldSafely(client.send(command, { abortSignal }), {
        right: "s3:PutObject",
        key,
      });
      return answer.UploadId ?? "";
    },

    async uploadPart({ key, uploadId }, part, abortSignal) {
      const command = new UploadPartCommand({
        ...place(key),
        ...{ UploadId: uploadId, PartNumber: part.number },
        ...{ Body: part.body, ContentLength: part.size },
      });
      const answer = await toldSafely(client.send(command, { abortSignal }), {
        right: "s3:PutObject",
        key,
      });
      return bareEtag(rawEtag(answer));
    },

    async completeUpload({ key, uploadId }, etags, abortSignal) {
      const Parts = etags.map((etag, index) => ({
        ETag: `"${etag}"`,
        PartNumber: index + 1,
      }));
      const command = new CompleteMultipartUploadCommand({
        ...place(key),
        UploadId: uploadId,
        MultipartUpload: { Parts },
      });
      const answer = await toldSafely(client.send(command, { abortSignal }), {
        right: "s3:PutObject",
        key,
      });
      return bareEtag(rawEtag(answer));
    },

    async abortUpload({ key, uploadId }, abortSignal) {
      const input = { ...place(key), UploadId: uploadId };
      const command = new AbortMultipartUploadCommand(input);
      await toldSafely(client.send(command, { abortSignal }), {
        right: "s3:AbortMultipartUpload",
        key,
      });
    },

    async headObject(key, signal) {
      const { etag, size } = await headObject(at, key, signal);
      return { etag: bareEtag(etag), size };
    },

    async getObject(key, from, signal) {
      const answer = await getObject(at, key, { from }, signal);
      return { ...answer, etag: bareEtag(answer.etag) };
    },

    close: () => client.destroy(),
  };
}
