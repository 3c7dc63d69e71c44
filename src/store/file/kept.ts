import { randomUUID } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Context } from "../../context.ts";
import { hashBytes, hashFile } from "../../disk/hash-file.ts";
import { toJson, writeWhole } from "../../document/document.ts";
import { orMissing } from "../../node-error.ts";
import { eitherOf } from "../either-signal.ts";
import { recordIn } from "../own-record.ts";
import { inParallel } from "../parallel.ts";
import { byteOrder, pathProblem, placeInside, topOf } from "../paths.ts";
import type { EdgeChange, Snapshot, StoreObject } from "../store.ts";
import type { Layout } from "./layout.ts";
import { changed, copyListed, readLimited } from "./listed-file.ts";
import { contentToken, statToken } from "./token.ts";
import { type FoundFile, walkFiles } from "./walk.ts";

const NAME = "kept-";
const AT_ONCE = 4;

type View = Pick<Context, "signal">;

/** `kept-<n>.json` of a draft: hashes that hold as long as the file's stat token does. */
interface KeptRecord {
  /** Milliseconds since 1970. */
  madeAt: number;
  files: Record<string, { sha256: string; stat: string }>;
}

/** Where a draft lies, and where in it the files by their paths on the branch. */
export function draftFolders(layout: Layout, id: string) {
  const folder = join(layout.drafts, basename(id));
  return { folder, files: join(folder, "files") };
}

/**
 * Records what was put, and what is written beside it: each time in a file of its own, so that several jobs can keep at
 * once.
 */
export async function keepInDraft(
  { now }: Pick<Context, "now">,
  layout: Layout,
  id: string,
  { keep, write }: Pick<EdgeChange, "keep" | "write">,
): Promise<void> {
  const { folder, files } = draftFolders(layout, id);
  for (const [path, bytes] of write)
    await writeWhole(placeInside(files, path), bytes);

  const hashes = new Map([
    ...keep.map(({ path, sha256 }) => [path, sha256] as const),
    ...[...write].map(([path, bytes]) => [path, hashBytes(bytes)] as const),
  ]);
  const record: KeptRecord = { madeAt: now().getTime(), files: {} };
  for (const [path, sha256] of hashes) {
    const stats = await stat(placeInside(files, path), { bigint: true });
    record.files[path] = { sha256, stat: statToken(stats) };
  }

  const text = toJson({ kind: "file-kept", version: 1, ...record });
  await writeWhole(join(folder, `${NAME}${randomUUID()}.json`), text);
}

/** What a draft keeps, as if it were published; null where it keeps nothing. What is damaged, or of another version, is not kept. */
export async function keptInDraft(
  view: View,
  layout: Layout,
  id: string,
): Promise<Snapshot | null> {
  const { folder, files } = draftFolders(layout, id);
  const records = await recordsIn(folder);
  if (records.length === 0) return null;

  const kept = new Map(
    records.flatMap((record) => Object.entries(record.files)),
  );
  const paths = [...kept.keys()]
    .filter((path) => pathProblem(path) === null)
    .sort(byteOrder);
  const find = async (path: string) =>
    kept.has(path) ? findFile(files, path) : null;

  return {
    id,
    async *list(prefix) {
      for (const path of paths.filter((each) => each.startsWith(prefix))) {
        const found = await find(path);
        if (found) yield await objectOf(found, kept.get(path));
      }
    },
    async read(path, limit) {
      const found = await find(path);
      return found && readLimited(found, limit);
    },
    download: (objects, target, { rename, progress, signal } = {}) =>
      inParallel(objects, AT_ONCE, async (object) => {
        const found = await find(object.path);
        if (!found) throw changed(object.path);

        const either = { signal: eitherOf(view.signal, signal) };
        return copyListed(either, found, {
          ...{ object, progress },
          target: placeInside(target, rename?.(object.path) ?? object.path),
        });
      }),
  };
}

async function findFile(
  files: string,
  path: string,
): Promise<FoundFile | null> {
  const top = join(files, topOf(path));
  const found = await walkFiles(placeInside(files, path), path, top);

  return found.find((file) => file.path === path) ?? null;
}

/** What somebody changed is hashed again. */
async function objectOf(
  { path, file, size, token }: FoundFile,
  known: KeptRecord["files"][string] | undefined,
): Promise<StoreObject> {
  const isKnown = known?.stat === token;
  const sha256 = isKnown ? known.sha256 : await orMissing(hashFile(file));
  if (sha256 === null) throw changed(path);

  return { path, size, token: contentToken(sha256) };
}

/** The oldest first. */
async function recordsIn(folder: string): Promise<KeptRecord[]> {
  const names = (await orMissing(readdir(folder))) ?? [];
  const records: KeptRecord[] = [];
  for (const name of names) {
    if (!name.startsWith(NAME) || !name.endsWith(".json")) continue;

    const text = await orMissing(readFile(join(folder, name), "utf8"));
    const found =
      text === null ? null : await recordIn<KeptRecord>("file-kept", text);
    if (found?.state === "whole") records.push(found.data);
  }

  return records.sort((a, b) => a.madeAt - b.madeAt);
}
