import type { ChildOutcome } from "../child/run-child.ts";
import type { Context } from "../context.ts";

/** How the process that was started ended, sandbox and all. */
export type EndOfRun = Pick<ChildOutcome, "exitCode" | "signal">;

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
  /** Nothing else runs as the user that the process has. */
  hasOwnUser: boolean;
  /** Before a run: the folder belongs to whom the process runs as. */
  prepare(folder: string): Promise<void>;
  wrap(
    command: string,
    args: string[],
    access: Access,
  ): Promise<{ command: string; args: string[] }>;
  /** After a run: ends what is left of it. What could not be ended, as a phrase that continues "it left ", or null. */
  end(outcome: EndOfRun): Promise<string | null>;
  /** After that: the folder and what lies in it belong to the runner again. */
  takeBack(folder: string): Promise<void>;
}

/** A rung of the ladder that cannot be reached, and why. */
export interface Unreachable {
  because: string;
}

export type IsolationContext = Pick<
  Context,
  "environment" | "cwd" | "home" | "now" | "root" | "signal"
>;
