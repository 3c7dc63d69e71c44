import { AppError, UsageError } from "./errors.ts";
import { machineFault, prevented } from "./machine-fault.ts";

/** What the system keeps from this user, or from all. */
const FORBIDDEN = new Set(["EACCES", "EPERM", "EROFS"]);

/**
 * The error for people: one of ours as it is; of the system's, where the machine or the rights of a file stood in the
 * way, at whatever call. Null for all others, which are bugs.
 */
export function foreseen(error: unknown): AppError | null {
  if (error instanceof AppError) return error;

  const fault = machineFault(error);
  if (fault) return prevented("the command was stopped", fault);

  for (let at = error; at instanceof Error; at = at.cause) {
    const { code = "", path } = at as NodeJS.ErrnoException;
    if (path !== undefined && FORBIDDEN.has(code)) return forbidden(path, code);
  }

  return null;
}

function forbidden(path: string, code: string): UsageError {
  return new UsageError(`${path} may not be used by this user (${code})`, {
    code: "access-denied",
    hint: "change the permissions of it, or of a folder above it, or run this as a user who may use it",
  });
}
