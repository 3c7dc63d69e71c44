import { Readable } from "node:stream";
import type { BranchPaths } from "../model/layout.ts";
import { byteOrder } from "../store/paths.ts";
import type { Snapshot, StoreObject } from "../store/store.ts";

/** What lies below `edge/<name>/` and `evidence/<name>/`, by path; with the name "", what lies directly in the two. */
export interface PublishedFolder {
  name: string;
  objects: ReadonlyMap<string, StoreObject>;
}

/** Folders that are listed while those before them are read: so the next page of a server's answer is on its way. */
const AHEAD = 32;

/** The folders of both listings, joined in their order, the files directly in the two last: one folder is in memory at a time. */
export async function* publishedFolders(
  snapshot: Pick<Snapshot, "list">,
  paths: BranchPaths,
): AsyncGenerator<PublishedFolder, undefined> {
  const direct: StoreObject[] = [];
  const [edge, evidence] = [paths.edge, paths.evidence].map((path) =>
    Readable.from(foldersIn(snapshot, `${path}/`, direct), {
      highWaterMark: AHEAD,
    })[Symbol.asyncIterator](),
  );
  if (!edge || !evidence) return;

  try {
    let [left, right] = await Promise.all([edge.next(), evidence.next()]);

    while (!left.done || !right.done) {
      const order = orderOf(left, right);
      const [hasLeft, hasRight] = [order <= 0, order >= 0];
      const name: string = (hasLeft ? left : right).value.name;
      const objects = new Map([
        ...(hasLeft ? byPath(left.value.objects) : []),
        ...(hasRight ? byPath(right.value.objects) : []),
      ]);
      yield { name, objects };

      if (hasLeft) left = await edge.next();
      if (hasRight) right = await evidence.next();
    }
  } finally {
    await Promise.all([edge.return?.(), evidence.return?.()]);
  }

  yield { name: "", objects: new Map(byPath(direct)) };
}

interface ListedFolder {
  name: string;
  objects: StoreObject[];
}

/** Negative where the left one comes first. What has ended comes last. */
function orderOf(
  left: IteratorResult<ListedFolder>,
  right: IteratorResult<ListedFolder>,
): number {
  if (left.done) return 1;
  if (right.done) return -1;

  return byteOrder(`${left.value.name}/`, `${right.value.name}/`);
}

/** A listing is in byte order: what lies in a folder comes together. Other files go to `direct`. */
async function* foldersIn(
  snapshot: Pick<Snapshot, "list">,
  prefix: string,
  direct: StoreObject[],
): AsyncGenerator<ListedFolder, undefined> {
  let folder: ListedFolder = { name: "", objects: [] };

  for await (const object of snapshot.list(prefix)) {
    const end = object.path.indexOf("/", prefix.length);
    if (end < 0) {
      direct.push(object);
      continue;
    }

    const name = object.path.slice(prefix.length, end);
    if (folder.name !== name) {
      if (folder.name !== "") yield folder;
      folder = { name, objects: [] };
    }
    folder.objects.push(object);
  }

  if (folder.name !== "") yield folder;
}

function byPath(objects: readonly StoreObject[]): [string, StoreObject][] {
  return objects.map((object) => [object.path, object]);
}
