import { Garbled } from "../transfer/errors.ts";
import { json, orNull, type Rest } from "./rest.ts";

export interface RunFacts {
  id: string;
  branch: string;
  commit: string;
  startedAt: Date;
}

export interface HookFacts {
  id: string;
  action: string;
  passed: boolean;
}

/** Bytes of a hook's output that are read. */
const OUTPUT = 256 << 10;

/** Calls about runs of actions. */
export function actionCalls(rest: Rest) {
  const runs = ["actions", "runs"];

  return {
    /** The newest runs first: lakeFS orders by seconds. Of one branch where it is named. */
    async actionRuns(amount: number, branch?: string): Promise<RunFacts[]> {
      const query = { amount: String(amount), ...(branch ? { branch } : {}) };

      return rest.send(
        { method: "GET", path: rest.at(...runs), query },
        (text) =>
          entriesOf(text)
            .map(runFacts)
            .sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime()),
      );
    },
    async hookRuns(run: string): Promise<HookFacts[]> {
      return rest.send(
        { method: "GET", path: rest.at(...runs, run, "hooks") },
        (text) => entriesOf(text).map(hookFacts),
      );
    },
    /** What a hook printed; null if nothing was kept, or more than can be of use. */
    async hookOutput(run: string, hook: string): Promise<string | null> {
      const found = await orNull(
        rest.sendForBytes(
          {
            method: "GET",
            path: rest.at(...runs, run, "hooks", hook, "output"),
          },
          OUTPUT,
        ),
      );

      return found === null || found === "too-large"
        ? null
        : Buffer.from(found.bytes).toString("utf8");
    },
  };
}

function entriesOf(text: string): Record<string, unknown>[] {
  const { results } = json<{ results?: unknown }>(text);
  if (Array.isArray(results)) return results as Record<string, unknown>[];

  throw new Garbled("its answer is not a listing of runs");
}

function runFacts({
  run_id,
  branch,
  commit_id,
  start_time,
}: Record<string, unknown>): RunFacts {
  const startedAt = new Date(String(start_time));
  if (typeof run_id !== "string" || Number.isNaN(startedAt.getTime()))
    throw new Garbled("its answer is not a run of an action");

  return {
    ...{ id: run_id, branch: String(branch) },
    ...{ commit: String(commit_id), startedAt },
  };
}

function hookFacts(entry: Record<string, unknown>): HookFacts {
  const { hook_run_id, action, status } = entry;
  if (typeof hook_run_id !== "string" || typeof action !== "string")
    throw new Garbled("its answer is not a run of a hook");

  return { id: hook_run_id, action, passed: status === "completed" };
}
