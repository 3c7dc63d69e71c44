import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";

/**
 * Removes a folder with all that is in it, whatever foreign code made of it: names deeper than the longest path, folders
 * that nobody may enter. Throws what the first try said where it cannot be removed.
 */
export async function removeTree(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    // The system's own rm walks from folder to folder, so that no path is too long.
    await run("chmod", ["-R", "u+rwx", folder]);
    await run("rm", ["-rf", "--", folder]);
    await rm(folder, { recursive: true, force: true }).catch(() => {
      throw error;
    });
  }
}

/** Its outcome shows in what is left. */
async function run(command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: "ignore" });
  await once(child, "close").catch(() => undefined);
}
