import { createHash, createHmac } from "node:crypto";
import { percentEncoded } from "../transfer/percent.ts";
import type { SigningKeys } from "./login.ts";

/** What a signature covers. */
export interface ToSign {
  method: string;
  /** With its port where that is not the usual one. */
  host: string;
  /** As on the wire: encoded. */
  path: string;
  query: Readonly<Record<string, string>>;
  /** sha256 of the body as 64 hex, or `UNSIGNED`. */
  payload: string;
}

/** For bodies that nobody read before they are sent. */
export const UNSIGNED = "UNSIGNED-PAYLOAD";

/** lakeFS takes any. */
const REGION = "us-east-1";

/** Headers that prove a request to an S3 server: AWS Signature, version 4. */
export function signedHeaders(
  request: ToSign,
  keys: SigningKeys,
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const headers: Record<string, string> = {
    host: request.host,
    "x-amz-content-sha256": request.payload,
    "x-amz-date": time,
    ...(keys.sessionToken && { "x-amz-security-token": keys.sessionToken }),
  };

  const names = Object.keys(headers).join(";");
  const canonical = [
    request.method,
    request.path,
    queryText(request.query),
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    "",
    names,
    request.payload,
  ].join("\n");

  const scope = `${day}/${REGION}/s3/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`;
  const signature = hmac(signingKey(keys, day), text).toString("hex");

  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** In the order and encoding that the signature covers, without the `?`. */
export function queryText(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    .sort()
    .join("&");
}

function signingKey({ secretAccessKey }: SigningKeys, day: string): Buffer {
  return [day, REGION, "s3", "aws4_request"].reduce(
    (key: string | Buffer, part) => hmac(key, part),
    `AWS4${secretAccessKey}`,
  ) as Buffer;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
