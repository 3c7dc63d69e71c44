import type { Snapshot } from "../store/store.ts";
import { nearest } from "../text/nearest.ts";

/** Objects that are looked at; a branch may hold a hundred thousand. */
const LOOKED_AT = 1_000;

/**
 * The folder beside `path`, which has no files, that somebody most likely means by it: `models/` or `Model/` for `model/`.
 * Null where none is near. Stores that list the folders of models alone, as S3 does, find none.
 */
export async function nearFolder(
  snapshot: Pick<Snapshot, "list">,
  path: string,
): Promise<string | null> {
  const above = path.slice(0, path.lastIndexOf("/") + 1);
  const name = path.slice(above.length);
  const first = name.slice(0, 1);
  const names = new Set<string>();

  for (const letter of new Set([first.toLowerCase(), first.toUpperCase()])) {
    let seen = 0;
    for await (const object of snapshot.list(above + letter)) {
      const [folder = "", ...rest] = object.path.slice(above.length).split("/");
      if (rest.length > 0 && folder !== name) names.add(folder);
      seen += 1;
      if (seen >= LOOKED_AT) break;
    }
  }

  const near = nearest(name, [...names]);
  return near === null ? null : above + near;
}
