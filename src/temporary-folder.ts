import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notWritable } from "./document.ts";
import { type AppError, UsageError } from "./errors.ts";
import { errorCode } from "./node-error.ts";

/** A new folder in the machine's folder for such; its name begins with `prefix`. Throws what `temporaryUnusable` makes. */
export async function temporaryFolder(prefix: string): Promise<string> {
  const parent = tmpdir();

  return mkdtemp(join(parent, prefix)).catch((error: unknown) => {
    throw temporaryUnusable(parent, error);
  });
}

/** A full disk is the machine's; any other reason why the temporary folder cannot be used is the user's. */
export function temporaryUnusable(parent: string, error: unknown): AppError {
  const problem = notWritable(parent, error);
  if (!(problem instanceof UsageError)) return problem;

  return new UsageError(
    `the temporary folder ${parent} cannot be written (${errorCode(error)})`,
    {
      code: "temporary-folder",
      hint: "set TMPDIR to an existing folder that this user can write to, or unset it: the default is /tmp",
    },
  );
}
