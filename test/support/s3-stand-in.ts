import { createHash } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface S3StandIn {
  /** The variables that AWS's own tools read. */
  env: Record<string, string>;
  /** By bucket and key. */
  objects: Map<string, Buffer>;
}

export interface S3Setting {
  /** The answer to every call: as Amazon documents it. */
  refuses?: { status: number; code: string; message: string };
  /** As servers before 2024 do. */
  ignoresConditions?: boolean;
  /** Makes another text of each list of objects. */
  damages?: (list: string) => string;
}

/** A server with as much of S3 as a promotion uses, for what no real server of the tests does; closed with the test. */
export async function s3StandIn({
  refuses,
  ignoresConditions = false,
  damages = (list) => list,
}: S3Setting): Promise<S3StandIn> {
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      if (refuses) refuse(response, refuses);
      else if (request.method === "PUT")
        put(response, objects, {
          request,
          body: Buffer.concat(parts),
          ignoresConditions,
        });
      else get(response, objects, { request, damages });
    })();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;

  return {
    objects,
    env: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "AKIAMODELTOEDGE",
      AWS_SECRET_ACCESS_KEY: "a-secret-of-the-tests",
    },
  };
}

const NOT_HELD = {
  ...{ status: 412, code: "PreconditionFailed" },
  message: "At least one of the pre-conditions you specified did not hold",
};
const NO_KEY = {
  ...{ status: 404, code: "NoSuchKey" },
  message: "The specified key does not exist.",
};

function keyOf({ url = "" }: IncomingMessage): string {
  return decodeURIComponent(new URL(url, "http://s3.test").pathname.slice(1));
}

function put(
  response: ServerResponse,
  objects: Map<string, Buffer>,
  {
    request,
    body,
    ignoresConditions,
  }: { request: IncomingMessage; body: Buffer; ignoresConditions: boolean },
): void {
  const { headers } = request;
  const key = keyOf(request);
  const isHeld = !ignoresConditions && headers["if-none-match"] === "*";
  if (isHeld && objects.has(key)) {
    refuse(response, NOT_HELD);
    return;
  }

  const bytes = withoutChunks(body, headers);
  objects.set(key, bytes);
  response.setHeader("etag", etag(bytes)).end();
}

function get(
  response: ServerResponse,
  objects: ReadonlyMap<string, Buffer>,
  {
    request,
    damages,
  }: { request: IncomingMessage; damages: (list: string) => string },
): void {
  const query = new URL(request.url ?? "", "http://s3.test").searchParams;
  const bytes = objects.get(keyOf(request));
  if (query.has("list-type"))
    list(response, objects, {
      bucket: keyOf(request).replace(/\/$/, ""),
      ...{ prefix: query.get("prefix") ?? "", damages },
    });
  else if (bytes) response.setHeader("etag", etag(bytes)).end(bytes);
  else refuse(response, NO_KEY);
}

/** A body that comes in pieces with a checksum behind it. */
function withoutChunks(
  body: Buffer,
  headers: Record<string, string | string[] | undefined>,
): Buffer {
  if (headers["content-encoding"] !== "aws-chunked") return body;

  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.subarray(at, end).toString(), 16);
    if (!(size > 0)) return Buffer.concat(pieces);
    pieces.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function etag(bytes: Buffer): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

function refuse(
  response: ServerResponse,
  { status, code, message }: NonNullable<S3Setting["refuses"]>,
): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
}

function list(
  response: ServerResponse,
  objects: ReadonlyMap<string, Buffer>,
  {
    bucket,
    prefix,
    damages,
  }: { bucket: string; prefix: string; damages: (list: string) => string },
): void {
  const contents = [...objects]
    .filter(([key]) => key.startsWith(`${bucket}/${prefix}`))
    .map(([key, bytes]) => {
      const name = key.slice(bucket.length + 1);
      return `<Contents><Key>${name}</Key><LastModified>2026-11-30T12:00:00.000Z</LastModified><ETag>${etag(bytes).replaceAll('"', "&quot;")}</ETag><Size>${bytes.length}</Size></Contents>`;
    });
  response.writeHead(200, { "content-type": "application/xml" });
  const text = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>${bucket}</Name><Prefix>${prefix}</Prefix><IsTruncated>false</IsTruncated>${contents.join("")}</ListBucketResult>`;
  response.end(damages(text));
}
