import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { AppError, UsageError } from "../../errors.ts";
import { parseStoreUrl } from "../../store/store-url.ts";

/**
 * Throws `UsageError` where an output folder is the folder of a store, lies in it, or holds it, also by way of links: what a
 * command clears and writes there would be models. `folder`: absolute; `setting` names it for people.
 */
export function mustBeApart(
  folder: string,
  store: string,
  setting: string,
): void {
  const root = folderOf(store);
  if (root === null) return;

  const [inner, outer] = [realPath(folder), realPath(root)];
  if (!isIn(inner, outer) && !isIn(outer, inner)) return;

  throw new UsageError(
    `${setting} is the folder ${folder}, which ${inner === outer ? "is" : isIn(inner, outer) ? "lies in" : "contains"} the store ${store}`,
    {
      code: "setting",
      hint: "name a folder beside the store: what is written there would be mixed with models. Nothing was removed",
    },
  );
}

/** Null for other stores; a URL that is none is reported where the store is opened. */
function folderOf(store: string): string | null {
  try {
    const parsed = parseStoreUrl(store);
    return parsed.kind === "file" ? parsed.folder : null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Of what is not there yet, below the real path of what is. */
function realPath(path: string): string {
  return existsSync(path) || path === dirname(path)
    ? realpathSync(path)
    : join(realPath(dirname(path)), basename(path));
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`);
}
