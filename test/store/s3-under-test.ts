import { randomBytes } from "node:crypto";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Context } from "../../src/context.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import {
  LANDING_TIMES,
  type LandingTimes,
} from "../../src/store/s3/landing-times.ts";
import {
  SWEEP_TIMES,
  type SweepTimes,
} from "../../src/store/s3/sweep-times.ts";
import { s3Store } from "../../src/store/s3.ts";
import type { Store } from "../../src/store/store.ts";
import { parseStoreUrl } from "../../src/store/store-url.ts";
import { TIMING, type Timing } from "../../src/store/transfer/timing.ts";
import type { S3Server } from "../support/s3-servers.ts";
import { storeContext } from "../support/store-context.ts";
import type { StoreUnderTest } from "./harness.ts";

export interface S3UnderTest extends StoreUnderTest {
  bucket: string;
  /** With a `/` at its end. */
  prefix: string;
  client: S3Client;
  /** Writes one object in parts, of 5 MiB; the key is below the store's prefix. */
  upload(
    key: string,
    content: string | Buffer,
    partSize?: number,
  ): Promise<void>;
}

const PART = 5 << 20;

/** A client of a person, with the server's keys. */
export function clientOf({
  endpoint,
  env,
}: Pick<S3Server, "endpoint" | "env">) {
  return new S3Client({
    ...{ endpoint, region: env.AWS_REGION ?? "", forcePathStyle: true },
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
    },
  });
}

/** The store of a URL, by the variables of its server. */
export function s3StoreAt(
  url: string,
  variables: Record<string, string>,
  timing: Partial<Timing & SweepTimes & LandingTimes> = {},
  overrides: Partial<Context> = {},
): Promise<Store> {
  const parsed = parseStoreUrl(url);
  if (parsed.kind !== "s3") throw new Error(url);
  const environment = readEnvironment(variables);

  return s3Store(
    storeContext({ environment, ...overrides }),
    parsed,
    { webUrl: null },
    { ...TIMING, ...SWEEP_TIMES, ...LANDING_TIMES, ...timing },
  );
}

/** A store below a fresh prefix of a fresh bucket; the variables may name another address of the same server. */
export async function s3UnderTest(
  server: S3Server,
  variables: Record<string, string> = {},
  timing: Partial<Timing & SweepTimes & LandingTimes> = {},
): Promise<S3UnderTest> {
  const bucket = await server.bucket();
  const prefix = `team/${randomBytes(3).toString("hex")}/`;
  const client = clientOf(server);
  const url = `s3://${bucket}/${prefix.slice(0, -1)}`;
  const opened = () => s3StoreAt(url, { ...server.env, ...variables }, timing);
  const store = await opened();

  return {
    ...{ store, opened, bucket, prefix, client },
    async write(branch, files) {
      for (const [path, content] of Object.entries(files)) {
        const at = { Bucket: bucket, Key: `${prefix}${branch}/${path}` };
        if (content === null) await client.send(new DeleteObjectCommand(at));
        else
          await client.send(
            new PutObjectCommand({ ...at, Body: Buffer.from(content) }),
          );
      }
    },
    upload: (key, content, partSize = PART) =>
      uploadInParts(
        client,
        { Bucket: bucket, Key: prefix + key },
        Buffer.from(content),
        partSize,
      ),
    async close() {
      client.destroy();
      await store.close();
    },
  };
}

/** Writes one object in parts, of so many bytes. */
export async function uploadInParts(
  client: S3Client,
  at: { Bucket: string; Key: string },
  content: Buffer,
  partSize: number,
): Promise<void> {
  const made = await client.send(new CreateMultipartUploadCommand(at));
  const upload = { ...at, UploadId: made.UploadId };
  const Parts: { ETag: string | undefined; PartNumber: number }[] = [];

  for (let start = 0; start < content.length; start += partSize) {
    const PartNumber = Parts.length + 1;
    const Body = content.subarray(start, start + partSize);
    const part = { ...upload, PartNumber, Body };
    const { ETag } = await client.send(new UploadPartCommand(part));
    Parts.push({ ETag, PartNumber });
  }

  const whole = { ...upload, MultipartUpload: { Parts } };
  await client.send(new CompleteMultipartUploadCommand(whole));
}
