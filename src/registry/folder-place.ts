import { randomUUID } from "node:crypto";
import {
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { hashBytes, hashFile } from "../disk/hash-file.ts";
import { withLock } from "../disk/lock.ts";
import { notWritable, writtenBelow } from "../disk/not-writable.ts";
import { UsageError } from "../errors.ts";
import { errorCode, orMissing } from "../node-error.ts";
import { formatBytes } from "../text/format-bytes.ts";
import type {
  ObjectPlace,
  ObjectSource,
  PlacedObject,
} from "./object-place.ts";

/** Ends the name of a file that is not whole yet. */
const PARTIAL = ".partial";
/** Own files of the place, that are no objects. */
const LOCK = ".lock";
const PATIENCE_MS = 60_000;
/** What to choose in place of the folder. */
const OTHER_REGISTRY = "another registry with `--to`";

/** Objects as files below a folder, which is made when it is needed. */
export function folderPlace(
  url: string,
  folder: string,
  signal: AbortSignal,
): ObjectPlace {
  const at = (key: string) => join(folder, key);

  return {
    url,
    list: (prefix) => filesBelow(folder, prefix),
    async read(key, limit) {
      const info = await orMissing(stat(at(key)));
      if (!info) return null;
      if (info.size > limit) throw tooLarge(at(key), info.size, limit);

      const bytes = await readFile(at(key));
      return { bytes, etag: hashBytes(bytes) };
    },
    async copyTo(key, path) {
      const info = await orMissing(stat(at(key)));
      if (info?.isFile()) await copyFile(at(key), path);
      return info?.isFile() ?? false;
    },
    hash: (key) => orMissing(hashFile(at(key), signal)),
    create: (key, source) => create(at(key), source),
    replace: (key, bytes, etag) =>
      writtenBelow({ folder, other: OTHER_REGISTRY }, () =>
        withLock(
          at(LOCK),
          { signal, patienceMs: PATIENCE_MS, doing: `changing ${url}` },
          () => replace(at(key), bytes, etag),
        ),
      ),
    keepsConditions: async () => true,
    close: async () => undefined,
  };
}

async function* filesBelow(
  folder: string,
  prefix: string,
): AsyncGenerator<PlacedObject> {
  const entries = await orMissing(
    readdir(join(folder, prefix), { recursive: true, withFileTypes: true }),
  );
  for (const entry of entries ?? []) {
    if (!entry.isFile() || entry.name.endsWith(PARTIAL)) continue;

    const path = join(entry.parentPath, entry.name);
    const info = await orMissing(stat(path));
    if (info)
      yield {
        key: path.slice(join(folder, "/").length),
        size: info.size,
      };
  }
}

/** A link that must not be there yet: it has the whole file at once. */
async function create(
  path: string,
  source: ObjectSource,
): Promise<"created" | "exists"> {
  return withPartial(path, async (partial) => {
    await ("file" in source
      ? copyFile(source.file, partial)
      : writeFile(partial, source.bytes));
    await flush(partial);

    const found = await hashFile(partial);
    if (found !== source.sha256)
      throw new Error(`${path}: its source changed while it was copied`);

    try {
      await link(partial, path);
      return "created";
    } catch (error) {
      if (errorCode(error) === "EEXIST") return "exists";
      throw error;
    }
  });
}

async function replace(
  path: string,
  bytes: Uint8Array,
  etag: string | null,
): Promise<boolean> {
  const now = await orMissing(readFile(path));
  if ((now && hashBytes(now)) !== etag) return false;

  return withPartial(path, async (partial) => {
    await writeFile(partial, bytes);
    await flush(partial);
    await rename(partial, path);
    return true;
  });
}

async function withPartial<T>(
  path: string,
  work: (partial: string) => Promise<T>,
): Promise<T> {
  const partial = `${path}.${randomUUID()}${PARTIAL}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    return await work(partial);
  } catch (error) {
    throw errorCode(error) === ""
      ? error
      : notWritable(path, error, OTHER_REGISTRY);
  } finally {
    await rm(partial, { force: true });
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function tooLarge(path: string, size: number, limit: number): UsageError {
  return new UsageError(
    `${path} has ${formatBytes(size)}; at most ${formatBytes(limit)} are read`,
    {
      code: "release-damaged",
      hint: "nothing of ours is that large: look who wrote it there",
    },
  );
}
