import type { ChildProcess } from "node:child_process";
import { kill } from "node:process";

/** A process that leads its own group. */
type Leader = Pick<ChildProcess, "pid" | "once">;

interface Limits {
  timeoutMs?: number;
  /** Between SIGTERM and SIGKILL. */
  graceMs: number;
  signal: AbortSignal;
}

const EXIT_AFTER_KILL_MS = 5000;

export interface Stopped {
  why: "timeout" | "abort" | null;
  /** It never ran. */
  failed?: unknown;
}

/** Waits for the process itself, not for its pipes, and stops its group on time-out and abort. */
export function untilExit(child: Leader, limits: Limits): Promise<Stopped> {
  return new Promise((resolve) => {
    let why: Stopped["why"] = null;
    const timers: NodeJS.Timeout[] = [];

    function stop(reason: "timeout" | "abort"): void {
      if (why) return;

      why = reason;
      killGroup(child.pid, "SIGTERM");
      timers.push(
        setTimeout(() => killGroup(child.pid, "SIGKILL"), limits.graceMs),
      );
      // A process that hangs in the kernel outlives even SIGKILL.
      timers.push(
        setTimeout(() => finish({ why }), limits.graceMs + EXIT_AFTER_KILL_MS),
      );
    }

    const abort = () => stop("abort");

    function finish(stopped: Stopped): void {
      for (const timer of timers) clearTimeout(timer);
      limits.signal.removeEventListener("abort", abort);
      resolve(stopped);
    }

    child.once("exit", () => finish({ why }));
    child.once("error", (failed) => finish({ why, failed }));
    if (limits.timeoutMs !== undefined)
      timers.push(setTimeout(() => stop("timeout"), limits.timeoutMs));

    if (limits.signal.aborted) abort();
    else limits.signal.addEventListener("abort", abort);
  });
}

/** Also reaches those whose leader is gone already. */
export function killGroup(
  pid: number | undefined,
  signal: NodeJS.Signals,
): void {
  if (pid === undefined) return;
  try {
    kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}
