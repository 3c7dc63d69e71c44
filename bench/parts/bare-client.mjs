// What Amazon's client costs in Node with no more than what a download must do: list, fetch, md5 and sha256, write. Words: REPOSITORY PREFIX FOLDER.
import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";

const [repository, prefix, folder] = process.argv.slice(2);
const AT_ONCE = 8;
const { env } = process;

const client = new S3Client({
  endpoint: env.LAKECTL_SERVER_ENDPOINT_URL,
  region: "us-east-1",
  forcePathStyle: true,
  credentials: {
    accessKeyId: env.LAKECTL_CREDENTIALS_ACCESS_KEY_ID,
    secretAccessKey: env.LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY,
  },
  responseChecksumValidation: "WHEN_REQUIRED",
});

const { Contents = [] } = await client.send(
  new ListObjectsV2Command({ Bucket: repository, Prefix: `main/${prefix}` }),
);
const queue = Contents.values();
let wrong = 0;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (const object of queue) await fetchObject(object);
  }),
);
client.destroy();
if (wrong > 0) throw new Error(`${wrong} objects arrived changed`);

async function fetchObject({ Key, ETag }) {
  const command = new GetObjectCommand({ Bucket: repository, Key });
  const { Body } = await client.send(command);
  const hashes = [createHash("md5"), createHash("sha256")];
  const file = openSync(join(folder, basename(Key)), "w");

  await new Promise((resolve, reject) => {
    Body.on("data", (chunk) => {
      for (const hash of hashes) hash.update(chunk);
      writeSync(file, chunk);
    });
    Body.on("end", resolve);
    Body.on("error", reject);
  });

  closeSync(file);
  const [md5] = hashes.map((hash) => hash.digest("hex"));
  if (ETag !== `"${md5}"`) wrong += 1;
}
