import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { isBelow } from "../../disk/is-below.ts";
import { AppError, UsageError } from "../../errors.ts";
import { parseStoreUrl, type StoreUrl } from "../../store/store-url.ts";

/** Whether a command writes or removes what has this name in its own folder. */
export type IsWritten = (name: string) => boolean;

/** What a registry has in its folder, besides files for a moment. */
const OF_REGISTRY = new Set(["models", "info", "auto_label", ".lock"]);

/**
 * Throws `UsageError` where a folder that a command writes to is that of a store, or lies in it, also by way of links: what
 * is cleared and written there would be models. A folder that contains the store is refused only where the store lies
 * under a name that the command writes itself. `folder`: absolute; `setting` names it for people.
 */
export function mustBeApart(
  folder: string,
  store: string,
  setting: string,
  isWritten: IsWritten,
): void {
  const parsed = placeOf(store);
  if (parsed?.kind !== "file") return;

  const where = overlap(realPath(folder), realPath(parsed.folder), isWritten);
  if (where === null) return;

  throw new UsageError(
    `${setting} is the folder ${folder}, which ${where} the store ${store}`,
    {
      code: "setting",
      hint: "name a folder beside the store: what is written there would be mixed with models. Nothing was removed",
    },
  );
}

/** The same of a registry, in a folder or in S3: its folders would be branches, or files of a model. */
export function registryMustBeApart(to: string, store: string): void {
  const [inner, outer] = [placeOf(to), placeOf(store)];
  if (inner === null || outer === null) return;

  const where = overlap(
    comparable(inner),
    comparable(outer),
    OF_REGISTRY.has.bind(OF_REGISTRY),
  );
  if (where === null) return;

  throw new UsageError(
    `--to is the registry ${to}, which ${where} the store ${store}`,
    {
      code: "setting",
      hint: `name a place beside the store, such as ${beside(store)}: inside of it the versions would be mixed with branches and models. Nothing was written`,
    },
  );
}

/** A registry's place that lies in no store. */
function beside(store: string): string {
  return `${store.replace(/\/+$/, "")}-registry`;
}

/** In plain words how a place and the store lie in each other; null where nothing of the store is touched. */
function overlap(
  place: string,
  store: string,
  isWritten: IsWritten,
): string | null {
  if (place === store) return "is";
  if (isBelow(place, store)) return "lies in";
  if (!isBelow(store, place)) return null;

  const [first = ""] = relative(place, store).split(sep);
  return isWritten(first) ? "contains" : null;
}

/** Two places lie in each other only where they are of one kind. */
function comparable(place: StoreUrl): string {
  if (place.kind === "file") return realPath(place.folder);
  return place.kind === "s3" ? place.url : `${place.kind}:`;
}

/** Null for a URL that is none: it is reported where it is opened. */
function placeOf(url: string): StoreUrl | null {
  try {
    return parseStoreUrl(url);
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
