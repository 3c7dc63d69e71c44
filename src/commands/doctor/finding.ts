import { AppError } from "../../errors.ts";

/** One line of `doctor`: what is there, what is missing or wrong, and what fixes it. */
export interface Finding {
  what: string;
  state: "ok" | "note" | "missing" | "wrong";
  says: string;
  /** The command or setting that fixes it. */
  fix?: string;
}

/** A foreseen error as a finding; any other is thrown on. */
export function missing(what: string, error: unknown): Finding {
  if (!(error instanceof AppError)) throw error;
  const { message: says, hint: fix = "" } = error;
  return { what, state: "missing", says, fix };
}
