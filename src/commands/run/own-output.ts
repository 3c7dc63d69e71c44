import { existsSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { withLock } from "../../disk/lock.ts";
import { removeLeftWork } from "../../disk/work-folder.ts";
import { UsageError } from "../../errors.ts";
import type { Flags } from "../command-io.ts";
import { OUTPUT_LOCK, outputFolder } from "./clear-output.ts";

/** Without a sign of it for so long, a run on another machine or in another container is dead. Milliseconds. */
const SILENCE_MS = 60_000;
/** How long to wait for another command in the same folder. Milliseconds. */
const PATIENCE_MS = 90_000;

type OutputContext = Pick<Context, "signal" | "log">;

/**
 * Runs `work` while no other command writes to the same output folder, `--out`: one would check, and publish, the files of
 * the other. What killed ones left while they looked at files is gone before. Throws as `inOwnFolder`, and `UsageError` where the folder is not apart from the store.
 */
export function inOwnOutput<T>(
  ctx: OutputContext & Pick<Context, "cwd" | "environment" | "now">,
  flags: Flags,
  work: () => Promise<T>,
): Promise<T> {
  const out = outputFolder(ctx, flags);

  return inOwnFolder(ctx, out, async () => {
    await removeLeftWork(out, { now: ctx.now(), isAlone: true });
    return work();
  });
}

/** The same of another folder that a command fills, absolute. Throws `ExternalError` where the other command does not end. */
export async function inOwnFolder<T>(
  ctx: OutputContext,
  folder: string,
  work: () => Promise<T>,
): Promise<T> {
  const wasThere = existsSync(folder);
  let isOurs = false;
  const options = {
    ...{ signal: ctx.signal, patienceMs: PATIENCE_MS, silenceMs: SILENCE_MS },
    doing: `running with the output folder ${folder}`,
    waiting: () =>
      ctx.log.info(
        `another command uses the output folder ${folder}: waiting until it has ended, up to ${PATIENCE_MS / 1000} s`,
      ),
  };

  try {
    return await withLock(join(folder, OUTPUT_LOCK), options, () => {
      isOurs = true;
      return work();
    });
  } catch (error) {
    if (isOurs || !(error instanceof UsageError)) throw error;
    // Whoever writes there tells what is wrong with it.
    return await work();
  } finally {
    // Only an empty one can go.
    if (!wasThere) await rmdir(folder).catch(() => undefined);
  }
}
