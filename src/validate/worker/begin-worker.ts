import { rm } from "node:fs/promises";
import { temporaryFolder } from "../../disk/temporary-folder.ts";
import { orPrevented } from "../../machine-fault.ts";
import type { Subject } from "../subject.ts";
import { TOTAL_SECONDS } from "./limits.ts";
import { type StartedWorker, startWorker } from "./start-worker.ts";
import type { WorkerContext } from "./worker-process.ts";

export const NOT_CHECKED = "the model could not be checked";

/** A worker that starts while the model's graph is still read. */
export interface BegunWorker {
  /** The folder that it writes to. */
  scratch: string;
  /** It, at the first call; null afterwards. */
  take(): StartedWorker | null;
  /** Ends it, used or not, and removes its folder. */
  end(): Promise<void>;
}

/** Returns when its process was started. Throws what `prevented` makes where the machine gives no folder. */
export async function beginWorker(
  ctx: WorkerContext,
  subject: Subject,
): Promise<BegunWorker> {
  const scratch = await scratchFolder();
  const started = startWorker(ctx, { subject, scratch }, TOTAL_SECONDS * 1000);
  let left: StartedWorker | null = started;
  await started.started;

  return {
    scratch,
    take() {
      const taken = left;
      left = null;
      return taken;
    },
    async end() {
      await started.end();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** A new folder for one worker, or for several one after the other. */
export function scratchFolder(): Promise<string> {
  return orPrevented(NOT_CHECKED, () =>
    temporaryFolder("model-to-edge-validate-"),
  );
}
