import { hashBytes } from "../../disk/hash-file.ts";
import { ExternalError } from "../../errors.ts";
import { inParallel } from "../parallel.ts";
import type { EdgeChange, StoredFile } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import type { IndexFile, Tree } from "./index-file.ts";
import { objectKey } from "./layout.ts";
import { contentToken } from "./published.ts";
import { writeBytes } from "./small-objects.ts";
import { provedObject } from "./stored-bytes.ts";

const AT_ONCE = 16;

/** What is kept, proved, and what is written, as files of an index. The caller holds their content. */
export async function placedFiles(
  bucket: Bucket,
  { keep, write }: Pick<EdgeChange, "keep" | "write">,
  arrived: ReadonlyMap<string, string>,
): Promise<Tree> {
  const kept = await inParallel(
    keep,
    AT_ONCE,
    async (file) =>
      [
        file.path,
        await proved(bucket, file, arrived.get(file.sha256)),
      ] as const,
  );
  const written = await inParallel(
    [...write],
    AT_ONCE,
    async ([path, bytes]) => [path, await writeContent(bucket, bytes)] as const,
  );

  return new Map([...kept, ...written]);
}

/** What is published is what was hashed when it was put. */
async function proved(
  bucket: Bucket,
  { path, sha256, size, token }: StoredFile,
  etag: string | undefined,
): Promise<IndexFile> {
  const isOwn = token === contentToken(sha256);
  const head =
    isOwn &&
    (await provedObject(bucket, {
      ...{ sha256, size },
      ...(etag !== undefined && { etag }),
    }));
  if (head) return { sha256, size, etag: head.etag };

  throw new ExternalError(`${path} is not in the store as it was uploaded`, {
    code: "draft-lost",
    hint: "run again; someone, or a lifecycle rule of the bucket, removed or changed objects below .model-to-edge/objects/",
  });
}

async function writeContent(
  bucket: Bucket,
  bytes: Uint8Array,
): Promise<IndexFile> {
  const sha256 = hashBytes(bytes);
  const etag = await writeBytes(bucket, objectKey(sha256), bytes, null);

  return { sha256, size: bytes.length, etag: etag ?? "" };
}
