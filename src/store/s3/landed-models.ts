import { hashBytes } from "../../disk/hash-file.ts";
import { ExternalError } from "../../errors.ts";
import { type EdgeChange, type LandedModel, POINTER_LIMIT } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { objectKey } from "./layout.ts";
import { etagsOf } from "./origin.ts";
import { contentToken } from "./published.ts";
import type { ListedObject } from "./read-calls.ts";
import { readBytes } from "./small-objects.ts";
import type { View } from "./view.ts";

/** Both branches of a landing, as they were checked. */
export interface Ends {
  source: View;
  target: View;
}

export interface Known extends Ends {
  /** ETags of the target when the source was made from it; null where nobody knows. */
  base: Readonly<Record<string, string>> | null;
}

/**
 * Paths of a model's folder that the target changed since the source was made from it, sorted. Without a base, a folder
 * that the target has must be the source's own.
 */
export function movedPaths(
  folder: string,
  { source, target, base }: Known,
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
    return now === before[path] || now === ours[path];
  };

  return [...new Set([...Object.keys(theirs), ...known])]
    .filter((path) => !isSame(path))
    .sort();
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

/** Objects of a model's own folder. */
export function inFolder(
  objects: readonly ListedObject[],
  folder: string,
): ListedObject[] {
  return objects.filter(({ key }) => key.startsWith(`${folder}/`));
}
