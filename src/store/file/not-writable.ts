import { notWritable } from "../../disk/not-writable.ts";
import { AppError, ExternalError, UsageError } from "../../errors.ts";

/** The error for people for a failure of writing to the store's folder; other errors of ours are left as they are. */
export function storeNotWritable(path: string, error: unknown): AppError {
  const told = error instanceof AppError ? error : notWritable(path, error);

  if (told.code === "disk-full")
    return new ExternalError(told.message, {
      code: told.code,
      hint: "free some space on the disk of the store (`df -h` shows it), then run again; `model-to-edge sweep` removes what killed runs left",
    });
  if (told.code === "not-writable")
    return new UsageError(told.message, {
      code: told.code,
      hint: "let the user that runs this write to the store's folder",
    });

  return told;
}

/** Runs what writes to the store's folder. Throws `ExternalError` or `UsageError` where it cannot be written. */
export async function storeWritten<T>(
  path: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw signal.aborted ? error : storeNotWritable(path, error);
  }
}
