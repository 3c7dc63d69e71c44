import { rm } from "node:fs/promises";
import { ownWork } from "../disk/work-folder.ts";
import { FLAT_NAME } from "../model/find-models.ts";
import type { BranchPaths } from "../model/layout.ts";
import type { Snapshot, StoreObject } from "../store/store.ts";

/** Objects below `model/`, `edge/` and `evidence/` of one snapshot, by path. */
export type BranchState = ReadonlyMap<string, StoreObject>;

export async function readState(
  snapshot: Snapshot,
  paths: BranchPaths,
): Promise<BranchState> {
  const objects = new Map<string, StoreObject>();
  for (const prefix of [paths.model, paths.edge, paths.evidence])
    for await (const object of snapshot.list(`${prefix}/`))
      objects.set(object.path, object);

  return objects;
}

/** Paths that are not the same in both, by token. */
export function changedPaths(state: BranchState, other: BranchState): string[] {
  const paths = new Set([...state.keys(), ...other.keys()]);
  return [...paths]
    .filter((path) => state.get(path)?.token !== other.get(path)?.token)
    .sort();
}

/** The model that a path belongs to; what lies directly in a folder of models belongs to `FLAT_NAME`. */
export function modelOf(path: string, paths: BranchPaths): string {
  const prefix =
    [paths.model, paths.edge, paths.evidence].find((candidate) =>
      path.startsWith(`${candidate}/`),
    ) ?? "";

  const rest = path.slice(prefix.length + 1);
  const slash = rest.indexOf("/");

  return slash > 0 ? rest.slice(0, slash) : FLAT_NAME;
}

/** sha256 of objects by path. They are fetched into a folder below `out`, which is gone afterwards. */
export async function hashObjects(
  snapshot: Snapshot,
  objects: StoreObject[],
  out: string,
): Promise<ReadonlyMap<string, string>> {
  if (objects.length === 0) return new Map();
  const folder = ownWork(out, "landing");
  try {
    const files = await snapshot.download(objects, folder);
    return new Map(files.map(({ path, sha256 }) => [path, sha256]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
