import { randomUUID } from "node:crypto";
import { hashBytes } from "../../disk/hash-file.ts";
import { toJson } from "../../document/document.ts";
import { UsageError } from "../../errors.ts";
import { recordIn } from "../own-record.ts";
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
  const { id, branch, base, owner } = ref;
  const record = {
    ...{ kind: "s3-kept", version: 1, id, branch, base, owner, objects },
    made_at: bucket.ctx.now().toISOString(),
    files: Object.fromEntries(files),
  };
  const key = `${draftPrefix(id)}${NAME}${randomUUID()}.json`;
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

async function readRecord(
  { url }: Bucket,
  key: string,
  bytes: Buffer,
): Promise<KeptRecord | null> {
  const found = await recordIn<{
    made_at: string;
    files: Record<string, IndexFile>;
  }>("s3-kept", bytes.toString("utf8"));
  // Nothing that this version could take over.
  if (found.state === "newer") return null;
  if (found.state === "damaged") throw damaged(`${url}/${key}`, found.problem);

  const { made_at, files } = found.data;
  const [odd] = Object.keys(files).filter((path) => pathProblem(path));
  if (odd !== undefined)
    throw damaged(`${url}/${key}`, `${JSON.stringify(odd)} is not a path`);

  return { madeAt: Date.parse(made_at), files: new Map(Object.entries(files)) };
}

function damaged(place: string, problem: string): UsageError {
  return new UsageError(`${place} is damaged: ${problem}`, {
    code: "index-damaged",
    hint: "only `model-to-edge` writes this object: remove it when no run uses the store",
  });
}
