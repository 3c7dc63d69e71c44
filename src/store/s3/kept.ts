import { randomUUID } from "node:crypto";
import { toJson } from "../../document.ts";
import { UsageError } from "../../errors.ts";
import { hashBytes } from "../../hash-file.ts";
import { inParallel } from "../parallel.ts";
import { pathProblem } from "../paths.ts";
import type { DraftRef, EdgeChange, Snapshot } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { holdContent } from "./held-content.ts";
import type { IndexFile, Tree } from "./index-file.ts";
import { draftPrefix } from "./layout.ts";
import { listBelow } from "./listing.ts";
import { placedFiles } from "./placed-files.ts";
import { readBytes, writeBytes } from "./small-objects.ts";
import { s3Snapshot } from "./snapshot.ts";

const NAME = "kept-";
const AT_ONCE = 8;
const LARGEST = 32 << 20;

/**
 * Records what was put, and what is written beside it, among the marks of the draft: each time an object of its own, so
 * that several jobs can keep at once. It holds the content as the other marks do.
 */
export async function keepInDraft(
  bucket: Bucket,
  ref: DraftRef,
  { keep, write }: Pick<EdgeChange, "keep" | "write">,
  arrived: ReadonlyMap<string, string>,
): Promise<void> {
  const objects = [
    ...keep.map(({ sha256 }) => sha256),
    ...[...write.values()].map((bytes) => hashBytes(bytes)),
  ];
  await holdContent(bucket, ref, objects);

  const files = await placedFiles(bucket, { keep, write }, arrived);
  const record = {
    ...{ kind: "s3-kept", version: 1, ...ref, objects },
    made_at: bucket.ctx.now().toISOString(),
    files: Object.fromEntries(files),
  };
  const key = `${draftPrefix(ref.id)}${NAME}${randomUUID()}.json`;
  await writeBytes(bucket, key, Buffer.from(toJson(record)), null);
}

/**
 * What a draft keeps, as if it were published; null where it keeps nothing. Throws `UsageError` where somebody damaged a
 * record.
 */
export async function keptInDraft(
  bucket: Bucket,
  id: string,
): Promise<Snapshot | null> {
  const prefix = draftPrefix(id);
  const keys: string[] = [];
  for await (const { key } of listBelow(bucket, prefix + NAME)) keys.push(key);

  const records = await inParallel(keys, AT_ONCE, async (key) => {
    const read = await readBytes(bucket, key, LARGEST);
    return read && readRecord(bucket, key, read.bytes);
  });
  const found = records
    .filter((record) => record !== null)
    .sort((a, b) => a.madeAt - b.madeAt);
  if (found.length === 0) return null;

  const files: Tree = new Map(found.flatMap((record) => [...record.files]));

  return s3Snapshot({ bucket, branch: id, own: [], files }, id);
}

interface KeptRecord {
  /** Milliseconds since 1970. */
  madeAt: number;
  files: Tree;
}

function readRecord(
  { url }: Bucket,
  key: string,
  bytes: Buffer,
): KeptRecord | null {
  try {
    const { kind, version, made_at, files } = JSON.parse(
      bytes.toString("utf8"),
    );
    // Of another version: nothing that this one could take over.
    if (kind === "s3-kept" && version !== 1) return null;

    const madeAt = Date.parse(made_at);
    const entries = Object.entries(files);
    if (kind === "s3-kept" && madeAt > 0 && entries.every(isFile))
      return { madeAt, files: new Map(entries as [string, IndexFile][]) };
  } catch {
    // Told below.
  }
  throw new UsageError(`${url}/${key} is damaged`, {
    code: "index-damaged",
    hint: "only `model-to-edge` writes this object: remove it when no run uses the store",
  });
}

function isFile([path, file]: [string, unknown]): boolean {
  const { sha256, size, etag } = (file ?? {}) as Partial<IndexFile>;
  return (
    pathProblem(path) === null &&
    /^[0-9a-f]{64}$/.test(String(sha256)) &&
    Number.isSafeInteger(size) &&
    typeof etag === "string"
  );
}
