import {
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import type { S3Server } from "../support/s3-servers.ts";

/** The files below a prefix, by the rest of their names: as somebody with a browser of S3 sees them. */
export async function s3Files(
  { endpoint, env }: S3Server,
  bucket: string,
  prefix: string,
): Promise<Map<string, Buffer>> {
  const client = new S3Client({
    ...{ endpoint, region: "us-east-1", forcePathStyle: true },
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
    },
  });
  const page = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
  );
  const files = new Map<string, Buffer>();
  for (const { Key = "" } of page.Contents ?? []) {
    const got = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key }),
    );
    const bytes = await got.Body?.transformToByteArray();
    files.set(Key.slice(prefix.length), Buffer.from(bytes ?? []));
  }
  client.destroy();

  return files;
}
