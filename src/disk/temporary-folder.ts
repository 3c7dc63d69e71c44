import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AppError, UsageError } from "../errors.ts";
import { errorCode } from "../node-error.ts";
import { elsewhereThan, notWritable } from "./not-writable.ts";

const OTHER = "another temporary folder with TMPDIR";

/** A new folder in the machine's folder for such; its name begins with `prefix`. Throws what `temporaryUnusable` makes. */
export async function temporaryFolder(prefix: string): Promise<string> {
  const parent = tmpdir();

  try {
    return elsewhereThan(await mkdtemp(join(parent, prefix)), OTHER);
  } catch (error) {
    throw temporaryUnusable(parent, error);
  }
}

/** A full disk is the machine's; any other reason why the temporary folder cannot be used is the user's. */
export function temporaryUnusable(parent: string, error: unknown): AppError {
  const problem = notWritable(parent, error, OTHER);
  if (!(problem instanceof UsageError)) return problem;

  return new UsageError(
    `the temporary folder ${parent} cannot be written (${errorCode(error)})`,
    {
      code: "temporary-folder",
      hint: "set TMPDIR to an existing folder that this user can write to, or unset it: the default is /tmp",
    },
  );
}
