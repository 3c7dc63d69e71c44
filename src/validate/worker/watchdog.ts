import { writeSync } from "node:fs";
import { kill, memoryUsage, pid } from "node:process";
import { toLines } from "./channel.ts";

const EVERY_MS = 25;

/** Shared with the main thread: when it must be back, in ms since `startedAt`; 0 where nothing is awaited. */
export interface WatchdogData {
  deadline: SharedArrayBuffer;
  /** ms since the epoch, of `performance.timeOrigin` and `performance.now`. */
  startedAt: number;
  bytes: number;
}

/**
 * A thread of the worker. ONNX Runtime blocks the main thread and cannot be interrupted, so that only a thread can
 * see that it takes too long or too much memory; it says so and ends the process.
 */
export function watch({ deadline, startedAt, bytes }: WatchdogData): never {
  const shared = new Int32Array(deadline);
  const sleep = new Int32Array(new SharedArrayBuffer(4));

  for (;;) {
    Atomics.wait(sleep, 0, 0, EVERY_MS);
    const due = Atomics.load(shared, 0);
    if (due > 0 && performance.timeOrigin + performance.now() - startedAt > due)
      stop("time");
    if (memoryUsage.rss() > bytes) stop("memory");
  }
}

function stop(why: "time" | "memory"): void {
  writeSync(3, toLines({ say: "stopped", why }));
  kill(pid, "SIGKILL");
}
