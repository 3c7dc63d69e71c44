import type { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Network } from "../../network/network.ts";
import { isRefusal } from "../transfer/errors.ts";
import { bareEtag } from "../transfer/etag.ts";
import type { OpenUpload, Put, PutPart, S3 } from "../transfer/s3-calls.ts";
import { refuseForeign, s3RequestHandler } from "../transfer/s3-network.ts";
import { SILENT_LOGGER } from "../transfer/silent-logger.ts";
import type { Timing } from "../transfer/timing.ts";
import type { Server } from "../transfer/tried.ts";
import type { Login } from "./login.ts";
import { toldSafely } from "./s3-errors.ts";

/** The calls of lakeFS's S3 gateway: of a transfer (the key is `<ref>/<path>`), and whether it is one. */
export interface GatewayS3 extends S3 {
  /** Whether lakeFS answers here, and takes the credentials: by asking for what is not there. */
  probe(signal: AbortSignal): Promise<void>;
}

export interface S3Connection {
  login: Login;
  /** Of the gateway, which may have an address of its own. */
  endpoint: string;
  repository: string;
  timing: Timing;
  network: Network;
}

/** Connects with the login's keys; loads the SDK's client. */
export async function makeS3(connection: S3Connection): Promise<GatewayS3> {
  const { login, endpoint, repository, timing, network } = connection;
  const client = new S3Client({
    endpoint,
    // lakeFS takes any region; virtual hosts would need a wildcard domain.
    region: "us-east-1",
    forcePathStyle: true,
    credentials: login.signingKeys,
    // Trailing checksums need lakeFS 1.56 and cost time; lakeFS returns none.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // The SDK cannot repeat a stream: the caller does, with a fresh one.
    maxAttempts: 1,
    // Without one of its own the SDK warns on the console about streams that it cannot repeat.
    logger: SILENT_LOGGER,
    requestHandler: await s3RequestHandler(network, endpoint, timing),
  });

  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      await refuseForeign(result.response as never);
      return result;
    },
    { step: "deserialize", priority: "low", name: "refuseForeign" },
  );

  const answered = <T>(work: Promise<T>) => toldSafely(endpoint, work);
  const place = (key: string) => ({ Bucket: repository, Key: key });

  const server: Server = { hasAnswered: false };

  return {
    endpoint,
    server,
    async putObject(
      { key, body, size, sha256 }: Put,
      abortSignal: AbortSignal,
    ): Promise<string> {
      const command = new PutObjectCommand({
        ...place(key),
        Body: body,
        ContentLength: size,
        ContentType: contentType(key),
      });
      if (sha256) stateHash(command, sha256);

      return etagOf(await answered(client.send(command, { abortSignal })));
    },
    async createUpload(key: string, abortSignal: AbortSignal): Promise<string> {
      const command = new CreateMultipartUploadCommand({
        ...place(key),
        ContentType: contentType(key),
      });
      const answer = await answered(client.send(command, { abortSignal }));

      return answer.UploadId ?? "";
    },
    async uploadPart(
      { key, uploadId }: OpenUpload,
      { number, body, size }: PutPart,
      abortSignal: AbortSignal,
    ): Promise<string> {
      const command = new UploadPartCommand({
        ...place(key),
        UploadId: uploadId,
        PartNumber: number,
        Body: body,
        ContentLength: size,
      });

      return etagOf(await answered(client.send(command, { abortSignal })));
    },
    async completeUpload(
      { key, uploadId }: OpenUpload,
      etags: string[],
      abortSignal: AbortSignal,
    ): Promise<string> {
      const Parts = etags.map((etag, index) => ({
        ETag: `"${etag}"`,
        PartNumber: index + 1,
      }));
      const command = new CompleteMultipartUploadCommand({
        ...place(key),
        UploadId: uploadId,
        MultipartUpload: { Parts },
      });

      return etagOf(await answered(client.send(command, { abortSignal })));
    },
    async abortUpload(
      { key, uploadId }: OpenUpload,
      abortSignal: AbortSignal,
    ): Promise<void> {
      const command = new AbortMultipartUploadCommand({
        ...place(key),
        UploadId: uploadId,
      });
      await answered(client.send(command, { abortSignal }));
    },
    async headObject(
      key: string,
      abortSignal: AbortSignal,
    ): Promise<{ etag: string; size: number }> {
      const answer = await answered(
        client.send(new HeadObjectCommand(place(key)), { abortSignal }),
      );
      return { etag: etagOf(answer), size: answer.ContentLength ?? 0 };
    },
    async getObject(key: string, from: number, abortSignal: AbortSignal) {
      const range = from > 0 ? { Range: `bytes=${from}-` } : {};
      const answer = await answered(
        client.send(new GetObjectCommand({ ...place(key), ...range }), {
          abortSignal,
        }),
      );

      // On Node the SDK's body is a Readable.
      return {
        body: answer.Body as Readable,
        etag: etagOf(answer),
        from: answer.ContentRange ? from : 0,
      };
    },
    async probe(abortSignal: AbortSignal): Promise<void> {
      try {
        const Key = "model-to-edge/is-it-you";
        const command = new GetObjectCommand({ ...place(Key) });
        await answered(client.send(command, { abortSignal }));
      } catch (error) {
        if (!isRefusal(error, "missing")) throw error;
      }
    },
    close(): void {
      client.destroy();
    },
  };
}

/** The SDK signs the hash that a request states already, and makes none of its own then. */
function stateHash(command: PutObjectCommand, sha256: string): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers["x-amz-content-sha256"] = sha256;
      return next(args);
    },
    { step: "build", name: "stateHash" },
  );
}

/** Fixed by the name, because it is part of an object's identity. */
function contentType(key: string): string {
  if (key.endsWith(".json")) return "application/json";
  return key.endsWith(".html") ? "text/html" : "application/octet-stream";
}

function etagOf(answer: { ETag?: string | undefined }): string {
  return bareEtag(answer.ETag ?? "");
}
