import type { ErrorCode } from "./error-codes.ts";

/** Exit codes of the command line (a retry never hides a red). */
export const EXIT = {
  ok: 0,
  check: 1,
  usage: 2,
  external: 3,
  bug: 70,
} as const;

/** Each exit code in words, for a log. */
export const EXIT_MEANINGS: Readonly<Record<number, string | undefined>> = {
  [EXIT.ok]: "success",
  [EXIT.check]:
    "a model may not ship: a check failed, or its files do not match",
  [EXIT.usage]: "something must be changed first: see the lines above",
  [EXIT.external]:
    "a server, the machine or a process failed; a retry may help",
  [EXIT.bug]: "a bug in this program or in an engine; a retry will not help",
};

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface AppErrorOptions {
  /** What the reader can do next, in one or a few lines; backticks mark code, as in the message. */
  hint: string;
  cause?: unknown;
  /** Stable word, e.g. `branch-missing`: docs/errors.md has a section on each. */
  code: ErrorCode;
  /** Of a file or folder that could not be written, while its hint names no option of its own: see `writtenBelow`. */
  unwritten?: string;
}

/** An error that we foresaw: its message says what and where, its hint what to do next; it never shows a stack. */
export abstract class AppError extends Error {
  abstract readonly exitCode: ExitCode;
  readonly hint: string;
  readonly code: ErrorCode;
  readonly unwritten: string | null;
  /** What the command had done for good before it ended so, in a sentence; null where nothing is known of it. */
  stands: string | null = null;

  constructor(message: string, options: AppErrorOptions) {
    super(
      message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = new.target.name;
    this.hint = options.hint;
    this.code = options.code;
    this.unwritten = options.unwritten ?? null;
  }
}

/** The user must change something: an input, a file, a setting. */
export class UsageError extends AppError {
  readonly exitCode = EXIT.usage;
}

/** A check said no: a model is not what it should be. */
export class CheckFailed extends AppError {
  readonly exitCode = EXIT.check;
}

/** The outside world failed: a server, a child process, the disk. Templates retry this. */
export class ExternalError extends AppError {
  readonly exitCode = EXIT.external;
}

/**
 * `input`: the user must change something (2). `mismatch`: a check said no (1). `refused`: what the engine's process left,
 * which may be the work of the model's own code, is not taken (1). `external`: the outside world failed, a retry may
 * cure it (3). `bug`: ours or the engine's, which no retry cures (70).
 */
export type FailureKind = "input" | "mismatch" | "refused" | "external" | "bug";

/** Why one model could not be converted; plain data, so that it travels in documents. */
export interface Failure {
  kind: FailureKind;
  code: string;
  message: string;
  hint: string;
}

const KIND_OF_EXIT: Readonly<Record<number, FailureKind | undefined>> = {
  [EXIT.check]: "mismatch",
  [EXIT.usage]: "input",
  [EXIT.external]: "external",
};

/** The failure that stands for a foreseen error; anything else is our bug and is thrown again. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof AppError)) throw error;

  return {
    kind: KIND_OF_EXIT[error.exitCode] ?? "external",
    code: error.code,
    message: error.message,
    hint: error.hint,
  };
}
