import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DatasetWish } from "../config/dataset-options.ts";
import { hashFile } from "../disk/hash-file.ts";
import { UsageError } from "../errors.ts";
import { orMissing } from "../node-error.ts";
import { DATASET_FILE, INFO_FILES } from "./dataset.ts";
import type { LocalFile } from "./target.ts";

/**
 * The files of a data set's folder, hashed and never opened otherwise, in order. `folder` is absolute. Throws `UsageError`
 * where it is missing or empty, holds anything but files and folders, or other files than `info/` has.
 */
export async function readDatasetFolder(
  kind: DatasetWish["kind"],
  folder: string,
  signal: AbortSignal,
): Promise<LocalFile[]> {
  const names = await namesBelow(folder);
  if (kind === "info") expectInfo(folder, names);
  if (names.includes(DATASET_FILE))
    throw refused(
      folder,
      `${DATASET_FILE} is the name of the list that is written beside the files`,
      "rename the file",
    );

  const files: LocalFile[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const { size } = await stat(file);
    files.push({ name, file, size, sha256: await hashFile(file, signal) });
  }

  return files;
}

async function namesBelow(folder: string): Promise<string[]> {
  const info = await orMissing(stat(folder));
  if (!info?.isDirectory())
    throw refused(
      folder,
      info ? "it is a file" : "it is missing",
      "name a folder; paths are relative to the job's folder",
    );

  const entries = await readdir(folder, {
    ...{ recursive: true, withFileTypes: true },
  });
  const names = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(join(folder, "/").length);
      if (entry.isFile() && isPlain(name)) return name;
      throw entry.isFile() ? oddName(folder, name) : noFile(folder, name);
    });
  if (names.length === 0)
    throw refused(folder, "it is empty", "check the job that fills it");

  return names.sort();
}

/** Registries and shells read these names. */
function isPlain(name: string): boolean {
  return !/[\p{Cc}\p{Cf}\\\ufffd]/u.test(name);
}

function noFile(folder: string, name: string): UsageError {
  return refused(
    folder,
    `${name} is a link, or no file`,
    "copy what it links to: a registry keeps bytes alone",
  );
}

function oddName(folder: string, name: string): UsageError {
  return refused(
    folder,
    `${JSON.stringify(name)} has control characters or a backslash in its name`,
    "rename it",
  );
}

/** All of them and no others: a set without its test part is another set. */
function expectInfo(folder: string, names: readonly string[]): void {
  const missing = INFO_FILES.filter((name) => !names.includes(name));
  const other = names.filter((name) => !INFO_FILES.includes(name));
  if (missing.length === 0 && other.length === 0) return;

  const said = [
    ...(missing.length > 0 ? [`${missing.join(", ")} missing`] : []),
    ...(other.length > 0
      ? [`${other.slice(0, 5).join(", ")} not expected`]
      : []),
  ];
  throw refused(
    folder,
    said.join("; "),
    "a set has info_train.pkl, info_val.pkl and info_test.pkl, and nothing else",
  );
}

function refused(folder: string, why: string, hint: string): UsageError {
  return new UsageError(`${folder}: ${why}`, { code: "dataset-folder", hint });
}
