import { rm } from "node:fs/promises";
import { AppError } from "../errors.ts";
import type { Snapshot, StoreObject } from "../store/store.ts";

/** A store's word of an object's bytes may be the word of whoever put it there: these say that it was not true. */
const BROKEN_WORD: ReadonlySet<string> = new Set([
  "corrupt-object",
  "changed-under-us",
]);

type Downloads = Pick<Snapshot, "download">;
type Listed = StoreObject & { sha256: string };

/**
 * sha256 by path of a snapshot's objects, from their bytes. Left out are those whose bytes are not what the store says
 * of them. They are fetched into `folder`, which is gone afterwards. Throws where the store cannot be read.
 */
export async function hashStored(
  snapshot: Downloads,
  objects: readonly StoreObject[],
  folder: string,
): Promise<Map<string, string>> {
  try {
    return await fetchHashed(snapshot, objects, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Listed objects whose bytes have another sha256 than the list says, by path; fetched, and gone afterwards. */
export async function changedObjects(
  snapshot: Downloads,
  listed: readonly Listed[],
  folder: string,
): Promise<string[]> {
  return changedIn(listed, await hashStored(snapshot, listed, folder));
}

/** The same, and the objects stay in `folder`. */
export async function fetchChanged(
  snapshot: Downloads,
  listed: readonly Listed[],
  folder: string,
): Promise<string[]> {
  return changedIn(listed, await fetchHashed(snapshot, listed, folder));
}

async function fetchHashed(
  snapshot: Downloads,
  objects: readonly StoreObject[],
  folder: string,
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const fetch = async (wanted: readonly StoreObject[]) => {
    const stored = await snapshot.download([...wanted], folder);
    for (const { path, sha256 } of stored) hashes.set(path, sha256);
  };

  try {
    await fetch(objects);
  } catch (error) {
    if (!isBroken(error)) throw error;
    // One of them is not what the store says: which, and what of the others?
    for (const object of objects)
      await fetch([object]).catch((reason: unknown) => {
        if (!isBroken(reason)) throw reason;
      });
  }

  return hashes;
}

function changedIn(
  listed: readonly Listed[],
  hashes: ReadonlyMap<string, string>,
): string[] {
  return listed
    .filter(({ path, sha256 }) => hashes.get(path) !== sha256)
    .map(({ path }) => path)
    .sort();
}

function isBroken(error: unknown): boolean {
  return error instanceof AppError && BROKEN_WORD.has(error.code ?? "");
}
