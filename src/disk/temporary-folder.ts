import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AppError, UsageError } from "../errors.ts";
import { errorCode } from "../node-error.ts";
import { notWritable, writtenBelow } from "./not-writable.ts";
import { removeTree } from "./remove-tree.ts";

/** What to choose in place of such a folder. */
export const OTHER_TEMPORARY = "another temporary folder with TMPDIR";

/** Runs `work` with a new folder, which is gone afterwards. Throws what `temporaryUnusable` makes. */
export async function withTemporaryFolder<T>(
  prefix: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await temporaryFolder(prefix);

  try {
    return await writtenBelow({ folder, other: OTHER_TEMPORARY }, () =>
      work(folder),
    );
  } finally {
    await removeTree(folder);
  }
}

/** The folder alone, for who keeps it: its name begins with `prefix`. Throws what `temporaryUnusable` makes. */
export async function temporaryFolder(prefix: string): Promise<string> {
  const parent = tmpdir();

  try {
    return await mkdtemp(join(parent, prefix));
  } catch (error) {
    throw temporaryUnusable(parent, error);
  }
}

/** A full disk is the machine's; any other reason why the temporary folder cannot be used is the user's. */
export function temporaryUnusable(parent: string, error: unknown): AppError {
  const problem = notWritable(parent, error, OTHER_TEMPORARY);
  if (!(problem instanceof UsageError)) return problem;

  return new UsageError(
    `the temporary folder ${parent} cannot be written (${errorCode(error)})`,
    {
      code: "temporary-folder",
      hint: "set TMPDIR to an existing folder that this user can write to, or unset it: the default is /tmp",
    },
  );
}
