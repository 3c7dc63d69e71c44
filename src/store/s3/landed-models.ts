import { ExternalError } from "../../errors.ts";
import { hashBytes } from "../../hash-file.ts";
import {
  type EdgeChange,
  type LandedModel,
  type LandWish,
  POINTER_LIMIT,
} from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { copyOne, copyOwn, removeOwn } from "./copy.ts";
import type { Lease } from "./landing-lease.ts";
import { objectKey } from "./layout.ts";
import { listOwn } from "./listing.ts";
import { etagsOf, readOrigin, writeOrigin } from "./origin.ts";
import { contentToken } from "./published.ts";
import type { ListedObject } from "./read-calls.ts";
import { readBytes } from "./small-objects.ts";
import type { View } from "./view.ts";

/** Both branches of a landing, as they were checked. */
export interface Ends {
  source: View;
  target: View;
  lease: Lease;
}

export interface Known {
  source: View;
  target: View;
  /** ETags of the target when the source was made from it; null where nobody knows. */
  base: Readonly<Record<string, string>> | null;
  /** ETags of what an earlier try of the same landing copied. */
  copied: Readonly<Record<string, string>>;
}

/**
 * Paths of a model's folder that the target changed since the source was made from it, sorted. Without a base, a folder
 * that the target has must be the source's own.
 */
export function movedPaths(
  folder: string,
  { source, target, base, copied }: Known,
): string[] {
  const ours = etagsOf(inFolder(source.own, folder));
  const theirs = etagsOf(inFolder(target.own, folder));
  // Without a base, only a new model, or an equal one, is certain.
  if (base === null && Object.keys(theirs).length === 0) return [];

  const before = base ?? ours;
  const known = Object.keys(before).filter((path) =>
    path.startsWith(`${folder}/`),
  );
  const isSame = (path: string) => {
    const now = theirs[path];
    // Of an object without an ETag nothing is known.
    if (now === "") return false;
    const isKnown = now === before[path] || now === ours[path];
    return isKnown || (now !== undefined && now === copied[path]);
  };

  return [...new Set([...Object.keys(theirs), ...known])]
    .filter((path) => !isSame(path))
    .sort();
}

/**
 * Copies the models' own folders, object by object, and removes what they no longer have. Then notes what the target
 * has, so that the next landing knows what changed since.
 */
export async function landModels(
  bucket: Bucket,
  wish: LandWish,
  { source, target, lease }: Ends,
): Promise<void> {
  const pair = { from: wish.source, to: wish.target };

  for (const { folder } of wish.models) {
    await lease.renew();

    const ours = inFolder(source.own, folder);
    const theirs = etagsOf(inFolder(target.own, folder));
    const open = ours.filter(({ key, etag }) => {
      const there = theirs[key];
      if (there === undefined || etag === "") return true;
      return there !== etag && there !== lease.copied[key];
    });

    await copyOwn(bucket, pair, open.filter(keepsEtag));
    for (const object of open.filter((each) => !keepsEtag(each)))
      await lease.renew({
        [object.key]: await copyOne(bucket, pair, object),
      });

    const kept = new Set(ours.map(({ key }) => key));
    const extra = Object.keys(theirs).filter((path) => !kept.has(path));
    await removeOwn(bucket, wish.target, extra);
  }

  await noteOrigin(bucket, wish);
}

/** A copy of what was uploaded in parts gets another ETag. */
function keepsEtag({ etag }: ListedObject): boolean {
  return !etag.includes("-");
}

/** What the target has in the landed folders is what the source will be compared with from now on. */
async function noteOrigin(
  bucket: Bucket,
  { source, target, models }: LandWish,
): Promise<void> {
  const before = await readOrigin(bucket, source);
  const known = before?.from === target ? before : null;
  const isLanded = (path: string) =>
    models.some(({ folder }) => path.startsWith(`${folder}/`));
  const rest = Object.entries(known?.objects ?? {}).filter(
    ([path]) => !isLanded(path),
  );
  const now = (await listOwn(bucket, target)).filter(({ key }) =>
    isLanded(key),
  );

  await writeOrigin(bucket, source, {
    ...{ from: target, publication: known?.publication ?? null },
    complete: true,
    objects: { ...Object.fromEntries(rest), ...etagsOf(now) },
  });
}

/** Until here the target published nothing that the source has not: it is the source's own landing. */
export async function notePublication(
  bucket: Bucket,
  { source, target }: LandWish,
  publication: string | null,
): Promise<void> {
  const origin = await readOrigin(bucket, source);
  if (origin?.from === target)
    await writeOrigin(bucket, source, { ...origin, publication });
}

/** What changes in `edge/` and `evidence/` of the target. */
export async function landedChange(
  bucket: Bucket,
  { current }: View,
  models: readonly LandedModel[],
): Promise<EdgeChange> {
  const keep: EdgeChange["keep"] = [];
  const write = new Map<string, Uint8Array>();
  const pointers = new Set(models.map(({ pointer }) => pointer));

  for (const path of models.flatMap(({ take }) => take)) {
    const file = current?.files.get(path);
    if (!file) continue;

    const { sha256, size } = file;
    if (pointers.has(path))
      write.set(path, await pointerOf(bucket, path, sha256));
    else keep.push({ path, size, sha256, token: contentToken(sha256) });
  }

  return { keep, write, remove: models.flatMap(({ remove }) => remove) };
}

async function pointerOf(
  bucket: Bucket,
  path: string,
  sha256: string,
): Promise<Uint8Array> {
  const read = await readBytes(bucket, objectKey(sha256), POINTER_LIMIT);
  if (read && hashBytes(read.bytes) === sha256) return read.bytes;

  throw new ExternalError(`${path} is not in the store as it was published`, {
    code: "published-changed",
    hint: "run the branch's pipeline, which publishes it again, then retry this job",
  });
}

function inFolder(
  objects: readonly ListedObject[],
  folder: string,
): ListedObject[] {
  return objects.filter(({ key }) => key.startsWith(`${folder}/`));
}
