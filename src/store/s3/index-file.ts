import { hashBytes } from "../../disk/hash-file.ts";
import { toJson } from "../../document/document.ts";
import { ExternalError, UsageError } from "../../errors.ts";
import { newerRecord, recordIn } from "../own-record.ts";
import { pathProblem } from "../paths.ts";
import type { Bucket } from "./bucket.ts";
import type { S3Commit } from "./known-commits.ts";
import { indexKey, objectKey, shortId } from "./layout.ts";
import { readBytes } from "./small-objects.ts";

/** A published file: its bytes lie under their content address. */
export interface IndexFile {
  sha256: string;
  /** Bytes. */
  size: number;
  /** Of the object when it was published; it shows when someone changed it. */
  etag: string;
}

/** Files by their paths on the branch. */
export type Tree = ReadonlyMap<string, IndexFile>;

/** What a branch shows now: null before its first publication. */
export interface Current {
  id: string;
  /** Of the index: the condition of the next one. */
  etag: string;
  commit: S3Commit;
  files: Tree;
}

/** Bytes of the largest index: some ten thousand models. */
const LARGEST_INDEX = 128 << 20;

/** A publication's id, and its two documents: the small one for its chain, the index for readers. */
export function writtenIndex(commit: Omit<S3Commit, "tree">, files: Tree) {
  const list = Object.fromEntries(
    [...files].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const tree = Buffer.from(toJson(list));
  const listed = hashBytes(tree);
  const whole = { ...commit, tree: listed };
  const record = recordBytes(whole);

  return {
    id: shortId(hashBytes(record)),
    tree: { bytes: tree, sha256: listed },
    record,
    index: Buffer.from(toJson({ ...documentOf(whole), files: list })),
  };
}

/** The index of a branch. Throws `UsageError` where someone damaged it. */
export async function readIndex(
  bucket: Bucket,
  branch: string,
): Promise<Current | null> {
  const key = indexKey(branch);
  const read = await readBytes(bucket, key, LARGEST_INDEX);
  if (!read) return null;

  const text = read.bytes.toString("utf8");
  const found = await recordIn<Data>("s3-index", text);
  if (found.state === "newer")
    throw newerRecord(`${bucket.url}/${key}`, found.version);
  if (found.state === "damaged") throw damaged(bucket, key, found.problem);

  const { files, ...record } = found.data;
  const problems: string[] = [];
  const [odd] = Object.keys(files).filter((path) => pathProblem(path));
  if (odd !== undefined) problems.push(`${JSON.stringify(odd)} is not a path`);
  if (hashBytes(toJson(files)) !== record.tree)
    problems.push("its files are not those of its tree");
  if (problems.length > 0) throw damaged(bucket, key, problems[0] ?? "");

  const id = shortId(hashBytes(toJson(record)));
  const commit = commitOf(record);
  bucket.known.commits.set(id, commit);

  return {
    ...{ id, etag: read.etag, commit },
    files: new Map(Object.entries(files)),
  };
}

/** Files of a publication; null where a sweep removed the list of them. */
export async function readTree(
  bucket: Bucket,
  { tree }: S3Commit,
): Promise<Tree | null> {
  const key = objectKey(tree);
  const read = await readBytes(bucket, key, LARGEST_INDEX);
  if (!read) return null;
  if (hashBytes(read.bytes) !== tree)
    throw new ExternalError(
      `${bucket.url}/${key} holds other bytes than its name says`,
      {
        code: "corrupt-object",
        hint: "run again; if it fails again, someone changed it, and the publication is lost: run the branch's pipeline",
      },
    );

  return new Map(
    Object.entries(parsedObject(bucket, key, read.bytes) as object),
  );
}

/** Equal paths with equal bytes. */
export function isSameTree(a: Tree, b: Tree): boolean {
  return (
    a.size === b.size &&
    [...a].every(([path, { sha256 }]) => b.get(path)?.sha256 === sha256)
  );
}

// biome-ignore lint/suspicious/noExplicitAny: checked by the schema
type Data = any;

/** Bytes of `commits/<id>.json`. */
export function recordBytes(commit: S3Commit): Buffer {
  return Buffer.from(toJson(documentOf(commit)));
}

/** A record as it is written. */
export function documentOf(commit: S3Commit) {
  const { branch, parent, madeAt, message, metadata } = commit;
  return {
    ...{ kind: "s3-index", version: 1, branch, parent, made_at: madeAt },
    ...{ message, metadata, input: commit.input, wrote: commit.wrote },
    tree: commit.tree,
  };
}

/** A record as it was read. */
export function commitOf(data: Data): S3Commit {
  const { branch, parent, made_at, message, metadata } = data;
  return {
    ...{ branch, parent, madeAt: made_at, message, metadata },
    ...{ input: data.input, wrote: data.wrote, tree: data.tree },
  };
}

/** Throws `UsageError` where the bytes are not a JSON object. */
export function parsedObject(bucket: Bucket, key: string, bytes: Buffer): Data {
  try {
    const data = JSON.parse(bytes.toString("utf8"));
    if (typeof data === "object" && data !== null) return data;
  } catch {
    // Told below.
  }
  throw damaged(bucket, key, "it is not a JSON object");
}

function damaged(bucket: Bucket, key: string, problem: string): UsageError {
  return new UsageError(`${bucket.url}/${key} is damaged: ${problem}`, {
    code: "index-damaged",
    hint: "only `model-to-edge` writes this object: put back its last version (`aws s3api list-object-versions`), or remove it; then run the branch's pipeline, which publishes anew",
  });
}
