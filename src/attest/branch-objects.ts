import type { Snapshot, StoreObject } from "../store/store.ts";

/** A snapshot's objects by path. */
export type BranchObjects = ReadonlyMap<string, StoreObject>;

/** All that lies below these folders, in the store's order. */
export async function objectsBelow(
  snapshot: Pick<Snapshot, "list">,
  folders: readonly string[],
): Promise<BranchObjects> {
  const objects = new Map<string, StoreObject>();
  for (const folder of folders)
    for await (const object of snapshot.list(`${folder}/`))
      objects.set(object.path, object);

  return objects;
}

/** Files as the store lists them now, those that are there: their tokens of another time would not be found. */
export function listedNow(
  files: readonly { path: string }[],
  objects: BranchObjects,
): StoreObject[] {
  return files.flatMap(({ path }) => objects.get(path) ?? []);
}
