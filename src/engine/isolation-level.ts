import type { Context } from "../context.ts";

/** What an engine's process may touch; absolute paths. */
export interface Access {
  readable: string[];
  writable: string[];
  /** NVIDIA devices. */
  gpu: boolean;
}

/** How a model's code is kept away from the job that runs it. */
export interface Isolation {
  level: "bubblewrap" | "landlock" | "uid" | "none";
  /** What it is and what was measured of it, for log and report. */
  says: string;
  /** Before a run: the folder belongs to whom the process runs as. */
  prepare(folder: string): Promise<void>;
  wrap(
    command: string,
    args: string[],
    access: Access,
  ): Promise<{ command: string; args: string[] }>;
  /** After a run: ends what is left of it, and takes the folder back. */
  finish(folder: string): Promise<void>;
}

/** A rung of the ladder that cannot be reached, and why. */
export interface Unreachable {
  because: string;
}

export type IsolationContext = Pick<
  Context,
  "environment" | "cwd" | "home" | "now" | "root" | "signal"
>;
