import { ExternalError } from "../../errors.ts";
import { FILE_CHANGED } from "../digest.ts";

/** For a file that is no longer what it was when it was hashed or measured. */
export function changedFile(file: string): ExternalError {
  return new ExternalError(`${file} changed while it was uploaded`, {
    code: "corrupt-upload",
    hint: "run again; something else writes to the run's folder",
  });
}

/** What reading a file of an upload failed with, for people where the file changed or is gone. */
export function readingError(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === FILE_CHANGED || code === "ENOENT" ? changedFile(file) : error;
}

/** Runs what reads a file of an upload. Throws `ExternalError` where the file changed meanwhile, or is gone. */
export async function reading<T>(
  file: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw readingError(file, error);
  }
}
