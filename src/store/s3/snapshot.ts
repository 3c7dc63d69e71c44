import { hashBytes } from "../../disk/hash-file.ts";
import { ExternalError } from "../../errors.ts";
import { eitherOf } from "../either-signal.ts";
import { inParallel } from "../parallel.ts";
import { byteOrder, pathProblem, placeInside } from "../paths.ts";
import {
  type Snapshot,
  type StoredFile,
  type StoreObject,
  type TransferOptions,
  UNVERIFIABLE,
} from "../store.ts";
import { downloadObject } from "../transfer/download.ts";
import { refuseTwinObjects } from "../twins.ts";
import { type Bucket, carrierOf } from "./bucket.ts";
import type { Tree } from "./index-file.ts";
import { objectKey } from "./layout.ts";
import { listBelow } from "./listing.ts";
import { factsOf, pinned } from "./own-object.ts";
import { contentToken, publishedObjects } from "./published.ts";
import type { ListedObject } from "./read-calls.ts";
import { readBytes } from "./small-objects.ts";
import { told } from "./told.ts";

const AT_ONCE = 8;

/** What a snapshot looks at: one listing of people's own objects, and one publication. */
export interface Pinned {
  bucket: Bucket;
  branch: string;
  own: readonly ListedObject[];
  files: Tree;
}

/** A view of a branch: one listing, and one publication. What changed since is refused where it is read. */
export function s3Snapshot(view: Pinned, id: string): Snapshot {
  const { bucket } = view;
  let published: Promise<StoreObject[]> | null = null;
  const objects = () => {
    published ??= publishedObjects(bucket, view.branch, view.files);
    return published;
  };

  return {
    id,
    async *list(prefix) {
      yield* await told(bucket, () => list(view, objects, prefix));
    },
    read: (path, limit) => told(bucket, () => read(view, path, limit)),
    download: (wanted, folder, options = {}) =>
      told(bucket, async () => {
        await refuseTwinObjects(folder, wanted, options);
        const { ctx } = bucket;
        const signal = eitherOf(ctx.signal, options.signal);
        const own = { ...view, bucket: { ...bucket, ctx: { ...ctx, signal } } };

        return inParallel(wanted, AT_ONCE, (object) =>
          download(own, object, folder, options),
        );
      }),
  };
}

/** Equal size and checksum prove equal bytes; without a checksum nothing does. */
function tokenOf({ etag, size }: Pick<ListedObject, "etag" | "size">): string {
  return etag === "" ? UNVERIFIABLE : `etag:${etag}-${size}`;
}

async function list(
  view: Pinned,
  published: () => Promise<StoreObject[]>,
  prefix: string,
): Promise<StoreObject[]> {
  const { bucket, branch, files } = view;
  const own: ListedObject[] = [...view.own];
  if (!bucket.tops.some((top) => prefix.startsWith(top)))
    own.push(...(await listElsewhere(bucket, branch, prefix)));

  const people = own
    .filter(({ key }) => key.startsWith(prefix) && !files.has(key))
    .map(toStoreObject);

  const isAsked = [...files.keys()].some((path) => path.startsWith(prefix));
  const ours = isAsked ? await published() : [];

  return [
    ...people,
    ...ours.filter(({ path }) => path.startsWith(prefix)),
  ].sort((a, b) => byteOrder(a.path, b.path));
}

/** What lies beside the tops, as it is now. */
async function listElsewhere(
  bucket: Bucket,
  branch: string,
  prefix: string,
): Promise<ListedObject[]> {
  const found: ListedObject[] = [];
  for await (const object of listBelow(bucket, `${branch}/${prefix}`)) {
    const key = object.key.slice(branch.length + 1);
    const isTop = bucket.tops.some((top) => key.startsWith(top));
    if (!isTop && !key.endsWith("/")) found.push({ ...object, key });
  }

  return found;
}

/** A person's own object, as a listing shows it. */
export function toStoreObject(object: ListedObject): StoreObject {
  const problem = pathProblem(object.key);
  return {
    ...{ path: object.key, size: object.size, token: tokenOf(object) },
    ...(problem !== null && { problem }),
  };
}

async function read(
  { bucket, branch, files }: Pinned,
  path: string,
  limit: number,
): Promise<Uint8Array | null> {
  const file = files.get(path);
  const key = file ? objectKey(file.sha256) : `${branch}/${path}`;
  const found = await readBytes(bucket, key, limit);
  if (!found) return null;

  if (file && hashBytes(found.bytes) !== file.sha256) throw otherBytes(path);

  return found.bytes;
}

async function download(
  view: Pinned,
  object: StoreObject,
  folder: string,
  { rename = (path) => path, progress }: TransferOptions,
): Promise<StoredFile> {
  const { bucket, branch, files } = view;
  const target = placeInside(folder, rename(object.path));
  const file = files.get(object.path);
  const down = carrierOf(bucket);

  if (file) {
    const key = bucket.prefix + objectKey(file.sha256);
    const wanted = {
      ...{ path: object.path, key, size: file.size },
      etag: file.etag.replace(/-\d+$/, ""),
      facts: async () => ({
        ...{ foreign: true, parts: null },
        metadata: { sha256: file.sha256 },
      }),
    };
    // Its name is its checksum: another run may have uploaded it again.
    const s3 = pinned(bucket, { key, etag: null, shown: wanted.etag });
    const { sha256 } = await downloadObject(
      { ...down, s3 },
      wanted,
      target,
      progress,
    );
    if (sha256 !== file.sha256) throw otherBytes(object.path);

    const { path, size } = object;
    return { path, size, sha256, token: contentToken(sha256) };
  }

  return downloadOwn(view, object, {
    target,
    key: `${branch}/${object.path}`,
    progress,
  });
}

interface Way {
  target: string;
  key: string;
  progress: ((bytes: number) => void) | undefined;
}

async function downloadOwn(
  { bucket }: Pinned,
  object: StoreObject,
  { target, key, progress }: Way,
): Promise<StoredFile> {
  const etag = /^etag:(.*)-\d+$/.exec(object.token)?.[1] ?? null;
  const whole = bucket.prefix + key;
  const wanted = {
    ...{ path: object.path, key: whole, size: object.size },
    etag: etag?.replace(/-\d+$/, "") ?? "",
    facts: () => factsOf(bucket, key),
  };
  const s3 = pinned(bucket, { key: whole, etag });
  const { sha256, proved } = await downloadObject(
    { ...carrierOf(bucket), s3 },
    wanted,
    target,
    progress,
  );
  if (proved) return { ...object, sha256 };

  bucket.ctx.log.warn(
    `${object.path}: not verifiable: the server gives no checksum of its content, or it was uploaded in parts of an unknown size; put the sha256 into its metadata (\`--metadata sha256=…\`)`,
    "publication.md",
  );

  return { ...object, sha256, token: UNVERIFIABLE };
}

function otherBytes(path: string): ExternalError {
  return new ExternalError(
    `${path} arrived with other bytes than the store says`,
    {
      code: "corrupt-object",
      hint: "run again; if it fails again, something on the way changes bytes, or someone changed the object below .model-to-edge/objects/: run the branch's pipeline, which uploads it again",
    },
  );
}
