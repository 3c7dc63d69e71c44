import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { lstat, rm } from "node:fs/promises";
import { isMissing } from "../node-error.ts";

const DEADLINE_MS = 60_000;

/**
 * Removes a folder with all that is in it, whatever foreign code made of it: names deeper than the longest path, folders
 * that nobody may enter, a million files. The system's own rm walks from folder to folder, outside of this process; where
 * no process can be started, this one removes what it can. Throws where it cannot be removed, or not in a minute.
 */
export async function removeTree(
  folder: string,
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  // A process for each folder that is not there would cost a fleet most of its time.
  if (!(await isThere(folder))) return;

  const signal = AbortSignal.timeout(deadlineMs);
  const { isStarted } = await run("rm", ["-rf", "--", folder], signal);
  if (!isStarted) return rm(folder, { recursive: true, force: true });
  if (!(await isThere(folder))) return;

  await run("chmod", ["-R", "u+rwx", folder], signal);
  const { said } = await run("rm", ["-rf", "--", folder], signal);
  if (await isThere(folder))
    throw new Error(
      signal.aborted
        ? `${folder} was not removed within ${deadlineMs / 1000} s`
        : `${folder} cannot be removed: ${said}`,
    );
}

async function isThere(folder: string): Promise<boolean> {
  try {
    await lstat(folder);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

interface Ran {
  /** Else the machine has no room for a process, or the program is not in PATH. */
  isStarted: boolean;
  /** The first line of what it says on stderr; its outcome shows in what is left. */
  said: string;
}

async function run(
  command: string,
  args: string[],
  signal: AbortSignal,
): Promise<Ran> {
  const child = startedOrNull(command, args, signal);
  if (!child) return { isStarted: false, said: "" };

  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (said.length < 500) said += text;
  });
  child.on("error", () => undefined);
  await once(child, "close").catch(() => undefined);

  return {
    isStarted: child.pid !== undefined,
    said: said.split("\n")[0] ?? "",
  };
}

/** Node throws some failures of the start, and tells others later. */
function startedOrNull(
  command: string,
  args: string[],
  signal: AbortSignal,
): ChildProcess | null {
  try {
    return spawn(command, args, {
      stdio: ["ignore", "ignore", "pipe"],
      signal,
      killSignal: "SIGKILL",
    });
  } catch {
    return null;
  }
}
