import { ExternalError, UsageError } from "../errors.ts";
import { machineFault } from "../machine-fault.ts";
import { isBelow } from "./is-below.ts";

/** Folders that `--out` does not name, each with what to choose in its place. */
const CHOSEN = new Map<string, string>();

/**
 * Says what is to be chosen where this folder, absolute, cannot be written: `another folder`. Whoever writes below it need
 * not know. Returns the folder.
 */
export function elsewhereThan(folder: string, other: string): string {
  CHOSEN.set(folder, other);
  return folder;
}

/** What to choose in place of the folder that a path lies in. */
function elsewhere(path: string): string {
  const [, other] = [...CHOSEN].find(([folder]) => isBelow(path, folder)) ?? [];
  return other ?? "another folder with `--out`";
}

/** The error for a file or folder that cannot be written; `other`: what to choose in its place, such as `another folder`. */
export function notWritable(
  path: string,
  error: unknown,
  other = elsewhere(path),
): UsageError | ExternalError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown";
  const fault = machineFault(error);
  if (fault)
    return new ExternalError(`${fault.what}: ${path} could not be written`, {
      code: fault.code,
      hint:
        fault.code === "disk-full"
          ? `free some space on the disk of that file, or choose ${other}`
          : fault.hint,
    });

  return new UsageError(`cannot write ${path} (${code})`, {
    code: "not-writable",
    hint: `choose ${other}, or change its permissions`,
  });
}
