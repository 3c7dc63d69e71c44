import { AppError, ExternalError, UsageError } from "../errors.ts";
import { machineFault } from "../machine-fault.ts";
import { isBelow } from "./is-below.ts";

/** What to choose where nothing else is said. */
const OUT = "another folder with `--out`";

/**
 * The error for a file or folder that cannot be written; `other`: what to choose in its place, such as `another folder`.
 * Without it the error says which path it was, so that `writtenBelow` can name that.
 */
export function notWritable(
  path: string,
  error: unknown,
  other?: string,
): UsageError | ExternalError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown";
  const fault = machineFault(error);
  const open = other === undefined ? { unwritten: path } : {};
  if (fault)
    return new ExternalError(`${fault.what}: ${path} could not be written`, {
      ...{ code: fault.code, ...open },
      hint: fault.code === "disk-full" ? freeOrChoose(other) : fault.hint,
    });

  return new UsageError(`cannot write ${path} (${code})`, {
    ...{ code: "not-writable", ...open },
    hint: chooseOrChange(other),
  });
}

function freeOrChoose(other = OUT): string {
  return `free some space on the disk of that file, or choose ${other}`;
}

function chooseOrChange(other = OUT): string {
  return `choose ${other}, or change its permissions`;
}

/** A folder, absolute, that `--out` does not name, and what to choose in its place: `another folder`. */
export interface Chosen {
  folder: string;
  other: string;
}

/** Runs what writes below such a folder: the hint of an error of `notWritable` then names what to choose in its place. */
export async function writtenBelow<T>(
  chosen: Chosen,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw namingOther(error, chosen);
  }
}

/** The same of an error that is caught; it is returned as it is where it is of another place, or its hint names one. */
export function namingOther(
  error: unknown,
  { folder, other }: Chosen,
): unknown {
  if (!(error instanceof AppError) || error.unwritten === null) return error;
  if (!isBelow(error.unwritten, folder)) return error;

  const { code, message, stands, cause } = error;
  if (code === "disk-full") {
    const hint = freeOrChoose(other);
    return Object.assign(new ExternalError(message, { code, hint, cause }), {
      stands,
    });
  }
  if (code === "not-writable") {
    const hint = chooseOrChange(other);
    return Object.assign(new UsageError(message, { code, hint, cause }), {
      stands,
    });
  }

  return error;
}
