import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type GitContext, gitLines } from "./git.ts";

/** A file of a commit. */
export interface CommittedFile {
  /** Git's id of its bytes, SHA-1 or SHA-256 in hex. */
  id: string;
  /** Bytes; null of what is not a regular file. */
  size: number | null;
}

/** The commit that is checked out, and its files below the working directory. */
export interface Commit {
  sha: string;
  /** By path from the working directory, with `/`; names that Git quotes (control characters, `"`, `\\`) stand quoted. */
  files: ReadonlyMap<string, CommittedFile>;
}

// A job may run as another user than the one who checked out; these commands run no hook and no program of the repository.
const READ_ONLY = ["-c", "safe.directory=*", "-c", "core.quotePath=false"];
const PLAIN = /^100(?:644|755) blob ([0-9a-f]+) +(\d+)\t(.+)$/;
const OTHER = /^\d{6} \w+ ([0-9a-f]+) +\S+\t(.+)$/;

/** What HEAD holds; null where Git is missing, says no, or the folder is not a checkout. */
export async function headCommit(ctx: GitContext): Promise<Commit | null> {
  const [head, tree] = await Promise.all([
    gitLines(ctx, ...READ_ONLY, "rev-parse", "HEAD"),
    gitLines(ctx, ...READ_ONLY, "ls-tree", "-r", "--long", "HEAD"),
  ]);

  const sha = head?.[0];
  if (sha === undefined || tree === null) return null;

  const files = new Map<string, CommittedFile>();
  for (const line of tree) {
    const [, id, size, path] = PLAIN.exec(line) ?? [];
    const [, otherId, otherPath] = OTHER.exec(line) ?? [];

    if (id && path) files.set(path, { id, size: Number(size) });
    else if (otherId && otherPath)
      files.set(otherPath, { id: otherId, size: null });
  }

  return { sha, files };
}

/** The bytes of a committed file, read from the checkout; null where what lies there is not what was committed. */
export async function committedBytes(
  cwd: string,
  path: string,
  { id }: CommittedFile,
): Promise<Buffer | null> {
  const bytes = await readFile(join(cwd, path)).catch(() => null);
  return bytes !== null && blobId(bytes, id.length) === id ? bytes : null;
}

function blobId(bytes: Buffer, length: number): string {
  return createHash(length === 64 ? "sha256" : "sha1")
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest("hex");
}
