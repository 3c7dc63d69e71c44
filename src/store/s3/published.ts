import { someNames } from "../../text/some-names.ts";
import { readDraftName } from "../draft-name.ts";
import { inParallel } from "../parallel.ts";
import type { StoreObject } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import type { IndexFile, Tree } from "./index-file.ts";
import { OBJECTS, objectKey } from "./layout.ts";
import { listBelow } from "./listing.ts";
import { headOf, provedObject } from "./stored-bytes.ts";

/** Up to so many files each object is asked for; above, all are listed. */
const FEW = 200;
const AT_ONCE = 16;

/** Token of published bytes: the same for the same content, wherever it lies. */
export function contentToken(sha256: string): string {
  return `sha256:${sha256}`;
}

/** What lies under a content address now. */
type Found = { size: number; etag: string };

/**
 * Files of an index as a reader finds them: what is gone is not listed, and what somebody changed has the token of what
 * it is now.
 */
export async function publishedObjects(
  bucket: Bucket,
  branch: string,
  files: Tree,
): Promise<StoreObject[]> {
  const found = await foundObjects(bucket, files);
  const listed = await inParallel([...files], AT_ONCE, ([path, file]) =>
    objectOf(bucket, path, file, found.get(file.sha256)),
  );

  tellGone(
    bucket,
    branch,
    [...files.keys()].filter((_, at) => listed[at] === null),
  );

  return listed.filter((object) => object !== null);
}

/** Once for each branch: nobody but a sweep removes content, and none that a branch shows. */
function tellGone(
  { ctx, known }: Bucket,
  branch: string,
  paths: readonly string[],
): void {
  const isDraft = readDraftName(branch) !== null;
  if (paths.length === 0 || isDraft || known.gone.has(branch)) return;

  known.gone.add(branch);
  ctx.log.warn(
    `${someNames(paths, 1)}: published from branch ${branch}, but the content below .model-to-edge/objects/ is gone; the branch's pipeline publishes again what it should show`,
    "publication.md",
  );
}

async function objectOf(
  bucket: Bucket,
  path: string,
  { sha256, size, etag }: IndexFile,
  found: Found | undefined,
): Promise<StoreObject | null> {
  if (!found) return null;

  const good = { path, size, token: contentToken(sha256) };
  if (found.size === size && found.etag === etag && etag !== "") return good;
  // Uploaded again by another run, or changed by somebody.
  if (await provedObject(bucket, { sha256, size })) return good;

  return { path, size: found.size, token: `etag:${found.etag}-${found.size}` };
}

async function foundObjects(
  bucket: Bucket,
  files: Tree,
): Promise<ReadonlyMap<string, Found>> {
  const wanted = new Set([...files.values()].map(({ sha256 }) => sha256));
  const found = new Map<string, Found>();

  if (wanted.size <= FEW) {
    await inParallel([...wanted], AT_ONCE, async (sha256) => {
      const head = await headOf(bucket, objectKey(sha256));
      if (head) found.set(sha256, head);
    });
    return found;
  }

  for await (const { key, size, etag } of listBelow(bucket, OBJECTS)) {
    const sha256 = key.slice(OBJECTS.length);
    if (wanted.has(sha256)) found.set(sha256, { size, etag });
  }

  return found;
}
