import { getSystemErrorName } from "node:util";
import { type AppError, ExternalError, UsageError } from "./errors.ts";

/** What the machine could not give. What was asked of it then has no answer: no verdict, and nothing to keep. */
export interface MachineFault {
  code:
    | "disk-full"
    | "open-files"
    | "memory"
    | "disk-error"
    | "processes"
    | "time"
    | "killed"
    | "check-killed";
  /** In words, e.g. `the disk is full`. */
  what: string;
  /** What to do next. */
  hint: string;
}

export const LACKS_MEMORY: MachineFault = {
  code: "memory",
  what: "the machine has too little memory",
  hint: "use a runner with more memory, or run fewer jobs at once",
};

const FULL: MachineFault = {
  code: "disk-full",
  what: "the disk is full",
  hint: "free some space on the disk that is full (`df -h` shows it), or set TMPDIR to a folder on a larger disk where it is that of temporary files",
};

const FILES: MachineFault = {
  code: "open-files",
  what: "too many files are open",
  hint: "raise the runner's limit of open files (ulimit -n)",
};

const BROKEN: MachineFault = {
  code: "disk-error",
  what: "the disk cannot be read or written",
  hint: "check the runner's disk, then run the job again",
};

const PROCESSES: MachineFault = {
  code: "processes",
  what: "the machine cannot start more processes or threads",
  hint: "raise the runner's limit of processes (ulimit -u), or run fewer jobs at once",
};

/** By the name that the system gives an error; all others are no fault of the machine. */
const FAULTS: ReadonlyMap<string, MachineFault> = new Map([
  ["ENOSPC", FULL],
  ["EDQUOT", FULL],
  ["EMFILE", FILES],
  ["ENFILE", FILES],
  ["ENOMEM", LACKS_MEMORY],
  ["ENOBUFS", LACKS_MEMORY],
  ["EFBIG", FULL],
  ["EIO", BROKEN],
  ["EAGAIN", PROCESSES],
]);

/** What the machine lacked, by the system's name of an error or of one of its causes; null where it is something else. */
export function machineFault(error: unknown): MachineFault | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const fault = FAULTS.get((at as NodeJS.ErrnoException).code ?? "");
    if (fault) return fault;
  }

  return null;
}

/** What V8, the loader of libraries and C++ print before they end a process for memory; none has a code. */
const OUT_OF_MEMORY =
  /^(# |FATAL ERROR: .*)?Fatal process (OOM|out of memory)|JavaScript heap out of memory|: failed to map segment from shared object|: cannot allocate memory|std::bad_alloc/i;

/** The same, from what a process of Node printed that could not even load its own files: its error's `code: 'EMFILE'`. */
export function faultInOutput(lines: readonly string[]): MachineFault | null {
  for (const line of lines) {
    if (OUT_OF_MEMORY.test(line)) return LACKS_MEMORY;

    const name = /^\s*code: '([A-Z]+)'/.exec(line)?.[1];
    const fault = name && FAULTS.get(name);
    if (fault) return fault;
  }

  return null;
}

/** For `catch`: null where the thing itself is not there, or is not what it should be; what the machine prevented is thrown again. */
export function nullUnlessPrevented(error: unknown): null {
  if (machineFault(error)) throw error;
  return null;
}

/** What `work` gives; what the machine prevented is an `ExternalError` that says what was to be done, as `prevented` takes it. */
export async function orPrevented<T>(
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const fault = machineFault(error);
    throw fault ? prevented(what, fault) : error;
  }
}

/** By the system's number of an error, as C++ code gives it: 28 is ENOSPC. */
export function faultOfNumber(errno: number): MachineFault | null {
  try {
    return FAULTS.get(getSystemErrorName(-errno)) ?? null;
  } catch {
    // No error has this number.
    return null;
  }
}

/** No retry cures these: a process that the kernel kills for its memory is killed on the same runner again. */
const TO_CHANGE: readonly MachineFault["code"][] = ["check-killed"];

/**
 * The error for what the machine prevented; `what` was to be done, e.g. `the model could not be checked`. It is an
 * `ExternalError`, or a `UsageError` where only another runner or a smaller model helps.
 */
export function prevented(what: string, fault: MachineFault): AppError {
  const Kind = TO_CHANGE.includes(fault.code) ? UsageError : ExternalError;
  return new Kind(`${what}: ${fault.what}`, {
    code: fault.code,
    hint: fault.hint,
  });
}
