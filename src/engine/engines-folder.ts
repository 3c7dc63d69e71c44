import { chmod, lstat, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { getuid } from "node:process";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { isMissing } from "../node-error.ts";
import { shellQuote } from "../text/shell-quote.ts";

const OTHERS_WRITE = 0o022;
const OTHERS_READ = 0o755;

/**
 * Where environments of engines are made. As root a folder that another user can read, as the engine's process may be one;
 * the cache lies in a home that is closed to him. Else, and where the cache was named, a folder of the cache.
 */
export function enginesFolder(
  ctx: Pick<Context, "cache" | "environment">,
  stateFolder = "/var/lib/model-to-edge",
): string {
  return getuid?.() === 0 && ctx.environment.option("cache") === null
    ? join(stateFolder, "engines")
    : cachedEngines(ctx);
}

/** Where they are as a plain user, and were as root before there was another place. */
export function cachedEngines({ cache }: Pick<Context, "cache">): string {
  return join(cache, "engines");
}

/**
 * Makes the folder, readable for everybody whatever the umask. Throws `UsageError` where it, or the one above it, is a
 * link or may be changed by others: they would decide which code runs as this user.
 */
export async function makeEnginesFolder(folder: string): Promise<void> {
  if (getuid?.() !== 0) {
    await mkdir(folder, { recursive: true });
    return;
  }

  for (const path of [dirname(folder), folder]) {
    const found = await lstat(path).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });

    if (found === null) {
      await mkdir(path, { recursive: true });
      await chmod(path, OTHERS_READ);
    } else if (
      !found.isDirectory() ||
      found.uid !== 0 ||
      (found.mode & OTHERS_WRITE) !== 0
    )
      throw new UsageError(
        `${path} can be changed by users other than root, and engines would run from there`,
        {
          code: "engines-folder",
          hint: `check what is in it; then: chown root: ${shellQuote(path)} && chmod 755 ${shellQuote(path)}, or name another folder with MODEL_TO_EDGE_CACHE`,
        },
      );
  }
}
