import type { AppError, ExitCode } from "../errors.ts";

/** What a command may do beside its Context: only the entry touches the process. */
export interface CommandIo {
  /** Machine output on stdout. */
  print(text: string): void;
  exit(code: ExitCode): void;
  /** Aborts the Context's signal with this reason when the time is over. */
  stopAfter(milliseconds: number, reason: AppError): void;
}

/** Flags as they were given, by their kebab-case names. */
export type Flags = Record<string, string | boolean | undefined>;
