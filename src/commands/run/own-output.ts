import { existsSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { UsageError } from "../../errors.ts";
import { withLock } from "../../lock.ts";
import type { Flags } from "../command-io.ts";
import { OUTPUT_LOCK, outputFolder } from "./clear-output.ts";

/** Without a sign of it for so long, a run on another machine or in another container is dead. Milliseconds. */
const SILENCE_MS = 60_000;
/** How long to wait for another run in the same folder. Milliseconds. */
const PATIENCE_MS = 90_000;

/**
 * Runs `work` while no other run writes to the same output folder: one would check, and publish, the files of the other.
 * Throws `ExternalError` where another one does not end, and `UsageError` where the folder is not apart from the store.
 */
export async function inOwnOutput(
  ctx: Pick<Context, "cwd" | "environment" | "signal" | "log">,
  flags: Flags,
  work: () => Promise<void>,
): Promise<void> {
  const out = outputFolder(ctx, flags);
  const wasThere = existsSync(out);
  let isOurs = false;
  const options = {
    ...{ signal: ctx.signal, patienceMs: PATIENCE_MS, silenceMs: SILENCE_MS },
    doing: `running with the output folder ${out}`,
    waiting: () =>
      ctx.log.info(
        `another run uses the output folder ${out}: waiting until it has ended, up to ${PATIENCE_MS / 1000} s`,
      ),
  };

  try {
    await withLock(join(out, OUTPUT_LOCK), options, () => {
      isOurs = true;
      return work();
    });
  } catch (error) {
    if (isOurs || !(error instanceof UsageError)) throw error;
    // Whoever writes there tells what is wrong with it.
    await work();
  } finally {
    // Only an empty one can go.
    if (!wasThere) await rmdir(out).catch(() => undefined);
  }
}
