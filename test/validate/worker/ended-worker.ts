import type { WorkerRoom } from "../../../src/validate/worker/worker-end.ts";
import type { Seen } from "../../../src/validate/worker/worker-process.ts";

/** What a worker is given, and what the machine has, where neither is short. */
export const ROOM: WorkerRoom = {
  limits: { bytes: 2e9, loadSeconds: 60, runSeconds: 30, ownSeconds: 120 },
  totalSeconds: 600,
  freeBytes: 16e9,
};

const OUTCOME: Seen["outcome"] = {
  exitCode: null,
  signal: null,
  timedOut: false,
  aborted: false,
  seconds: 1,
  tail: [],
  truncated: false,
  droppedLines: 0,
};

/** A worker that ended inside of ONNX Runtime; what it did there is for the test to say. */
export function endedWorker(
  changes: Pick<Seen, "running" | "doing"> & Partial<Seen>,
  outcome: Partial<Seen["outcome"]> = {},
): Seen {
  return {
    ready: true,
    found: [],
    inside: true,
    recorded: null,
    stopped: null,
    prevented: null,
    bug: null,
    ...changes,
    outcome: { ...OUTCOME, ...outcome },
  };
}
