import { ExternalError, UsageError } from "../../errors.ts";
import { errorCode, isMissing } from "../../node-error.ts";

/** What lies there and is not a file that can be read. */
export interface OddEntry {
  path: string;
  /** In plain words. */
  problem: string;
  /** The system keeps it from this user. */
  isForbidden: boolean;
}

/** The error for what must be a file, or a folder, and is not. */
export function oddError({ path, problem, isForbidden }: OddEntry): UsageError {
  return isForbidden
    ? new UsageError(`${path} ${problem}`, {
        code: "store-unreadable",
        hint: "make it readable for the user that the job runs as (chmod a+rX)",
      })
    : new UsageError(`${path} ${problem}`, {
        code: "not-a-file",
        hint: "remove it, or replace it with the file itself",
      });
}

/** Something of the store that is not a file. */
export class OddError extends Error {}

/** What is told of an entry that could not be read. Throws `ExternalError` where the store changes at this moment. */
export function oddEntry(error: unknown, path: string): OddEntry {
  const isForbidden = FORBIDDEN.has(errorCode(error));
  return { path, problem: problemOf(error, path), isForbidden };
}

/** In plain words; throws `ExternalError` where the store changes at this moment. */
function problemOf(error: unknown, path: string): string {
  if (error instanceof UsageError) return "it is a link that leaves its folder";
  if (error instanceof OddError) return error.message;
  if (path.includes("\uFFFD")) return "its name is not UTF-8";

  if (isDangling(error)) return "it is a dangling link";
  if (isMissing(error))
    throw new ExternalError(`${path} disappeared while the store was listed`, {
      code: "changed-under-us",
      hint: "run again when nobody is writing to the folder",
    });

  const code = errorCode(error);
  if (!FORBIDDEN.has(code) && !UNREADABLE.has(code))
    throw new ExternalError(`cannot read ${path} in the store`, {
      code: "store-unreachable",
      hint: "make it readable for the user that runs this command; on a network drive, run again",
      cause: error,
    });

  return `cannot be read (${code})`;
}

const FORBIDDEN = new Set(["EACCES", "EPERM"]);
const UNREADABLE = new Set(["ELOOP", "ENAMETOOLONG"]);

/** `realpath` is asked for links alone. */
function isDangling(error: unknown): boolean {
  return (
    isMissing(error) && (error as NodeJS.ErrnoException).syscall === "realpath"
  );
}
