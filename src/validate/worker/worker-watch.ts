import { memoryUsage } from "node:process";
import {
  LACKS_MEMORY,
  type MachineFault,
  machineFault,
} from "../../machine-fault.ts";
import type { StartThread } from "../runtime/model-thread.ts";
import { ortFault } from "../runtime/ort-fault.ts";
import type { Watch } from "../runtime/watch.ts";
import type { WorkerLimits } from "./limits.ts";
import { freeMemory } from "./memory-room.ts";
import { send } from "./send.ts";
import { type Guard, stop } from "./watchdog.ts";

/** What the entry hands in. */
export interface WorkerControls {
  guard: Guard;
  /** Ends the process, which has said why. */
  end(): never;
  startThread: StartThread;
}

type WatchControls = Pick<WorkerControls, "guard" | "end">;

/**
 * Where checks run side by side, the time of the process belongs to no run: whatever begins or ends may go on as long as
 * loading may.
 */
export function sideBySideLimits(limits: WorkerLimits): WorkerLimits {
  const seconds = Math.max(limits.loadSeconds, limits.runSeconds);
  return {
    ...limits,
    ...{ loadSeconds: seconds, runSeconds: seconds, ownSeconds: seconds },
  };
}

/** The watch of a worker: what is entered is said and timed, and what the machine prevented ends the process. */
export function workerWatch(
  limits: WorkerLimits,
  { guard, end }: WatchControls,
): Watch {
  return {
    begin(step) {
      send({ say: "doing", step });
      guard(step.kind === "load" ? limits.loadSeconds : limits.runSeconds);
    },
    end() {
      // A run that was over before the watchdog looked.
      if (memoryUsage.rss() > limits.bytes) stop("memory");
      send({ say: "back" });
      guard(limits.ownSeconds);
    },
    failed(error) {
      const fault = faultOf(error, limits.bytes);
      if (!fault) return;
      send({ say: "prevented", fault });
      end();
    },
  };
}

function faultOf(error: unknown, allowed: number): MachineFault | null {
  const [used, free] = [memoryUsage.rss(), freeMemory()];
  const lacks = error instanceof RangeError && used + free < allowed;

  return (
    machineFault(error) ??
    ortFault(error, { used, allowed, free }) ??
    (lacks ? LACKS_MEMORY : null)
  );
}
