import { ExternalError } from "../../errors.ts";
import { byteOrder } from "../paths.ts";
import { ask, type Bucket } from "./bucket.ts";
import { type ListedObject, listPage } from "./read-calls.ts";

/** Times that a listing of several pages is read until two readings agree. */
const READINGS = 5;

/** All objects below a prefix of the store, in byte order; keys without the store's prefix. A page is held at a time. */
export async function* listBelow(
  bucket: Bucket,
  prefix: string,
): AsyncGenerator<ListedObject> {
  let token: string | undefined;
  do {
    const page = await ask(bucket, (at, signal) =>
      listPage(at, bucket.prefix + prefix, { token }, signal),
    );
    for (const object of page.objects)
      yield { ...object, key: object.key.slice(bucket.prefix.length) };
    token = page.next;
  } while (token !== undefined);
}

/**
 * People's own objects of a branch below its tops, in byte order; keys without the branch. What takes several pages is
 * read until it stands still. Throws `ExternalError` where it does not.
 */
export async function listOwn(
  bucket: Bucket,
  branch: string,
): Promise<ListedObject[]> {
  const lists = await Promise.all(
    bucket.tops.map((top) => listStill(bucket, `${branch}/${top}`)),
  );

  return lists
    .flat()
    .map((object) => ({ ...object, key: object.key.slice(branch.length + 1) }))
    .sort((a, b) => byteOrder(a.key, b.key));
}

/** Throws what the server says of the bucket to those who only look. */
export async function lookInto(bucket: Bucket): Promise<void> {
  await ask(bucket, (at, signal) =>
    listPage(at, bucket.prefix, { most: 1 }, signal),
  );
}

/** Names between a prefix of the store and the next `/`. */
export async function foldersBelow(
  bucket: Bucket,
  prefix: string,
): Promise<string[]> {
  const start = bucket.prefix + prefix;
  const names: string[] = [];
  let token: string | undefined;
  do {
    const page = await ask(bucket, (at, signal) =>
      listPage(at, start, { token, folders: true }, signal),
    );
    names.push(...page.folders.map((folder) => folder.slice(start.length, -1)));
    token = page.next;
  } while (token !== undefined);

  return names;
}

/** One object as one line; equal lines prove that nothing was written in between. */
export function lineOf({ key, size, etag, changedAt }: ListedObject): string {
  return `${key}\0${size}\0${etag || changedAt.toISOString()}`;
}

/** A listing that is not of one moment may mix two states. */
async function listStill(
  bucket: Bucket,
  prefix: string,
): Promise<ListedObject[]> {
  let before: string | null = null;

  for (let reading = 1; reading <= READINGS; reading++) {
    const { objects, pages } = await listOnce(bucket, prefix);
    if (pages === 1) return objects;

    const now = objects.map(lineOf).join("\n");
    if (now === before) return objects;
    before = now;
  }

  throw new ExternalError(
    `${bucket.url}/${prefix} changes while it is listed`,
    {
      code: "changed-under-us",
      hint: "run again when nobody is writing to it",
    },
  );
}

/** Objects and the pages that they came in; markers of empty folders are no objects. */
async function listOnce(bucket: Bucket, prefix: string) {
  const objects: ListedObject[] = [];
  let token: string | undefined;
  let pages = 0;
  do {
    const page = await ask(bucket, (at, signal) =>
      listPage(at, bucket.prefix + prefix, { token }, signal),
    );
    pages += 1;
    token = page.next;
    for (const object of page.objects)
      if (!object.key.endsWith("/"))
        objects.push({
          ...object,
          key: object.key.slice(bucket.prefix.length),
        });
  } while (token !== undefined);

  return { objects, pages };
}
