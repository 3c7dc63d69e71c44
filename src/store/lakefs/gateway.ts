import { Garbled, isRefusal } from "../transfer/errors.ts";
import { bareEtag } from "../transfer/etag.ts";
import type { HttpAnswer } from "../transfer/http-send.ts";
import type { S3 } from "../transfer/s3-calls.ts";
import { elementOf, readAnswer } from "./gateway-answer.ts";
import {
  type GatewayConnection,
  type GatewayRequest,
  gatewaySender,
} from "./gateway-send.ts";
import { toldSafely } from "./s3-errors.ts";

/** The calls of lakeFS's S3 gateway: of a transfer (the key is `<ref>/<path>`), and whether it is one. */
export interface GatewayS3 extends S3 {
  /** Whether lakeFS answers here, and takes the credentials: by asking for what is not there. */
  probe(signal: AbortSignal): Promise<void>;
}

/**
 * Connects with the login's keys. Without Amazon's client: six calls need little of it, and loading it takes longer than
 * a hundred of them.
 */
export async function openGateway(
  connection: GatewayConnection,
): Promise<GatewayS3> {
  const { endpoint } = connection;
  const { send, close } = await gatewaySender(connection);
  const open = (request: GatewayRequest, signal: AbortSignal) =>
    toldSafely(endpoint, send(request, signal));
  const ask = (request: GatewayRequest, signal: AbortSignal) =>
    toldSafely(endpoint, send(request, signal).then(readAnswer));

  return {
    endpoint,
    server: { hasAnswered: false },
    async putObject({ key, body, size, sha256 }, signal) {
      const request = { method: "PUT", key, body, size, sha256 } as const;
      const headers = { "content-type": contentType(key) };
      return etagOf(await ask({ ...request, headers }, signal));
    },
    async createUpload(key, signal) {
      const headers = { "content-type": contentType(key) };
      const query = { uploads: "" };
      const { text } = await ask(
        { method: "POST", key, query, headers },
        signal,
      );
      const uploadId = elementOf(text, "UploadId");
      if (!uploadId) throw new Garbled("its answer does not name an upload");

      return uploadId;
    },
    async uploadPart({ key, uploadId }, { number, body, size }, signal) {
      const query = { partNumber: String(number), uploadId };
      return etagOf(
        await ask({ method: "PUT", key, query, body, size }, signal),
      );
    },
    async completeUpload({ key, uploadId }, etags, signal) {
      const body = Buffer.from(completion(etags));
      const { text } = await ask(
        { method: "POST", key, query: { uploadId }, body, size: body.length },
        signal,
      );
      return bareEtag(elementOf(text, "ETag"));
    },
    async abortUpload({ key, uploadId }, signal) {
      await ask({ method: "DELETE", key, query: { uploadId } }, signal);
    },
    async headObject(key, signal) {
      const answer = await ask({ method: "HEAD", key }, signal);
      const size = Number(answer.headers["content-length"] ?? 0);
      return { etag: etagOf(answer), size };
    },
    async getObject(key, from, signal) {
      const headers = from > 0 ? { range: `bytes=${from}-` } : {};
      const answer = await open({ method: "GET", key, headers }, signal);
      const isPart = answer.headers["content-range"] !== undefined;

      return {
        body: answer.body,
        etag: etagOf(answer),
        from: isPart ? from : 0,
      };
    },
    async probe(signal) {
      try {
        await ask({ method: "GET", key: "model-to-edge/is-it-you" }, signal);
      } catch (error) {
        if (!isRefusal(error, "missing")) throw error;
      }
    },
    close,
  };
}

/** Fixed by the name, because it is part of an object's identity. */
function contentType(key: string): string {
  if (key.endsWith(".json")) return "application/json";
  return key.endsWith(".html") ? "text/html" : "application/octet-stream";
}

function etagOf({ headers }: Pick<HttpAnswer, "headers">): string {
  return bareEtag(headers.etag ?? "");
}

function completion(etags: readonly string[]): string {
  const parts = etags.map(
    (etag, index) =>
      `<Part><ETag>"${etag}"</ETag><PartNumber>${index + 1}</PartNumber></Part>`,
  );
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join("")}</CompleteMultipartUpload>`;
}
