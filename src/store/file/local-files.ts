import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Context } from "../../context.ts";
import { isBelow } from "../../disk/is-below.ts";
import { UsageError } from "../../errors.ts";
import { isMissing } from "../../node-error.ts";
import { inParallel } from "../parallel.ts";
import { byteOrder, placeInside } from "../paths.ts";
import type { Snapshot, StoreObject, TransferOptions } from "../store.ts";
import { refuseTwinObjects } from "../twins.ts";
import { copyListed, readLimited, UNREADABLE } from "./listed-file.ts";
import { settledToken } from "./token.ts";
import { type FoundFile, walkAll } from "./walk.ts";

type FileContext = Pick<Context, "signal" | "now">;

/** Files of this machine, seen as a folder of a store. */
export interface LocalFiles {
  objects: StoreObject[];
  snapshot: Snapshot;
}

/**
 * What lies at `paths` (absolute), as if it lay in `folder`: the content of one folder, or several files and folders side
 * by side. What lies below `without` is left out. Throws `UsageError` where one does not exist or two have one name.
 */
export async function localFiles(
  ctx: FileContext,
  { folder, paths, without }: LocalPlaces,
): Promise<LocalFiles> {
  const found = new Map<string, FoundFile>();
  const objects: StoreObject[] = [];
  const isOne = paths.length === 1 && (await isLocalFolder(paths[0] ?? ""));

  for (const path of paths) {
    await isLocalFolder(path);
    const place = isOne ? folder : join(folder, basename(path));
    const { files, odd } = await walkAll(path, place, path);

    for (const file of files.filter(
      (each) => !isBelow(resolve(each.file), without),
    )) {
      if (found.has(file.path)) throw twice(file.path.slice(folder.length + 1));
      found.set(file.path, file);
    }
    objects.push(
      ...odd.map(({ path: at, problem }) => ({
        ...{ path: at, problem, size: 0, token: UNREADABLE },
      })),
    );
  }

  const listed = await inParallel([...found.values()], 16, async (file) => ({
    path: file.path,
    size: file.size,
    token: await settledToken(file, ctx.now),
  }));
  objects.push(...listed);
  objects.sort((a, b) => byteOrder(a.path, b.path));

  return { objects, snapshot: snapshotOf(ctx, objects, found) };
}

export interface LocalPlaces {
  /** Where the files are said to lie, without a `/` at the end. */
  folder: string;
  paths: readonly string[];
  without: string;
}

function snapshotOf(
  ctx: FileContext,
  objects: readonly StoreObject[],
  found: ReadonlyMap<string, FoundFile>,
): Snapshot {
  const fileOf = (path: string) => {
    const file = found.get(path);
    if (!file) throw new Error(`${path} was not listed`);
    return file;
  };

  return {
    id: "",
    async *list(prefix) {
      yield* objects.filter(({ path }) => path.startsWith(prefix));
    },
    read: async (path, limit) =>
      found.has(path) ? readLimited(fileOf(path), limit) : null,
    async download(wanted, folder, options: TransferOptions = {}) {
      await refuseTwinObjects(folder, wanted, options);
      return inParallel(wanted, 4, (object) =>
        copyListed(ctx, fileOf(object.path), {
          object,
          target: placeInside(
            folder,
            options.rename?.(object.path) ?? object.path,
          ),
          progress: options.progress,
        }),
      );
    },
  };
}

/** Whether it is a folder. Throws `UsageError` where nothing is there. */
export async function isLocalFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new UsageError(`${path} does not exist`, {
      code: "path-missing",
      hint: "name the model's folder, or its files: `model-to-edge export FOLDER`",
    });
  }
}

function twice(name: string): UsageError {
  return new UsageError(`two of the files are named ${name}`, {
    code: "file-ambiguous",
    hint: "rename one of them, or put the model into a folder of its own and name that",
  });
}
