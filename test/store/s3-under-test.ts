import { randomBytes } from "node:crypto";
import {
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { readEnvironment } from "../../src/environment.ts";
import { openStore } from "../../src/store/open.ts";
import type { S3Server } from "../support/s3-servers.ts";
import { storeContext } from "../support/store-context.ts";
import type { StoreUnderTest } from "./harness.ts";

export interface S3UnderTest extends StoreUnderTest {
  bucket: string;
  /** With a `/` at its end. */
  prefix: string;
  client: S3Client;
}

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

/** A store below a fresh prefix of a fresh bucket; `through` is another address of the same server, such as a proxy's. */
export async function s3UnderTest(
  server: S3Server,
  variables: Record<string, string> = {},
): Promise<S3UnderTest> {
  const bucket = await server.bucket();
  const prefix = `team/${randomBytes(3).toString("hex")}/`;
  const client = clientOf(server);
  const environment = readEnvironment({ ...server.env, ...variables });
  const url = `s3://${bucket}/${prefix.slice(0, -1)}`;
  const store = await openStore(storeContext({ environment }), url, {
    webUrl: null,
  });

  return {
    ...{ store, bucket, prefix, client },
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
    async close() {
      client.destroy();
      await store.close();
    },
  };
}
