import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { wellFormed } from "../text/plain-text.ts";

/** Where publications go, unless the configuration says otherwise. */
export const PUBLISHED: readonly string[] = ["edge/", "evidence/"];

/** Bytes: what file systems take, and what leaves room for a folder before it. */
const LONGEST_NAME = 255;
const LONGEST_PATH = 2048;

/** The first segment of a path. */
export function topOf(path: string): string {
  return path.split("/")[0] ?? path;
}

/**
 * Order of the paths' UTF-8 bytes, which is the order in which object stores list. It is JavaScript's own but where a
 * character takes two units of a string.
 */
export function byteOrder(a: string, b: string): number {
  if (a === b) return 0;
  if (hasPairs(a) || hasPairs(b))
    return Buffer.compare(Buffer.from(a), Buffer.from(b));

  return a < b ? -1 : 1;
}

function hasPairs(text: string): boolean {
  return /[\ud800-\udfff]/.test(text);
}

/** Where a store's path lies below a folder of ours. Throws `UsageError` for a name that cannot be a file there. */
export function placeInside(folder: string, path: string): string {
  const problem = pathProblem(path);
  if (problem)
    throw new UsageError(
      `the store's path ${JSON.stringify(path)} cannot be a file: ${problem}`,
      {
        code: "unsafe-path",
        hint: "rename or remove the object in the store",
      },
    );

  return join(folder, path);
}

/** Why a store's path cannot be a file in a folder of ours; null where it can. */
export function pathProblem(path: string): string | null {
  if (path === "") return "it is empty";
  if (path.startsWith("/")) return "it starts with /";
  if (path.includes("\0")) return "it contains a NUL character";
  if (/\p{Cc}/u.test(path)) return "it contains a control character";
  // What a decoder makes of bytes that are no text.
  if (wellFormed(path).includes("\uFFFD")) return "it is not UTF-8";

  for (const segment of path.split("/")) {
    if (segment === "" || segment === "." || segment === "..")
      return `${JSON.stringify(segment)} is not a name`;
    if (Buffer.byteLength(segment) > LONGEST_NAME)
      return "a name in it is longer than 255 bytes";
  }

  return Buffer.byteLength(path) > LONGEST_PATH
    ? `it is longer than ${LONGEST_PATH} bytes`
    : null;
}

/** Throws `UsageError` for a name that no store takes as a branch (lakeFS's own rule). */
export function checkBranchName(branch: string): void {
  if (/^\w[-\w]*$/.test(branch)) return;
  throw new UsageError(
    `${JSON.stringify(branch)} is not a valid branch name in a store`,
    {
      code: "branch-name",
      hint: "use letters, digits, _ and -, and do not start with -; `model-to-edge branch` maps a Git ref to such a name",
    },
  );
}
