import { writeSync } from "node:fs";
import { cpuUsage, kill, memoryUsage, pid } from "node:process";
import { type StopReason, toLines } from "./channel.ts";

const EVERY_MS = 25;
/** Where the wall's clock is this many times the limit and the processor's is not over it, the machine gave no time. */
const PATIENCE = 10;

/** Shared with the main thread: what it may take, in ms of the processor, and a number that changes when it begins anew. */
export interface WatchdogData {
  /** Two integers of 32 bits. */
  clock: SharedArrayBuffer;
  bytes: number;
}

/** Begins anew, with so many seconds. */
export type Guard = (seconds: number) => void;

/** For the main thread. */
export function guardOf(clock: SharedArrayBuffer): Guard {
  const shared = new Int32Array(clock);
  return (seconds) => {
    Atomics.store(shared, 0, Math.ceil(seconds * 1000));
    Atomics.add(shared, 1, 1);
  };
}

/**
 * A thread of the worker. ONNX Runtime blocks the main thread and cannot be interrupted, so that only a thread can
 * see that it takes too long or too much memory; it says so and ends the process.
 */
export function watch({ clock, bytes }: WatchdogData): never {
  const shared = new Int32Array(clock);
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  let seen = -1;
  let began = { processor: 0, wall: 0 };

  for (;;) {
    Atomics.wait(sleep, 0, 0, EVERY_MS);
    const turn = Atomics.load(shared, 1);
    const now = { processor: processorMs(), wall: performance.now() };
    if (turn !== seen) [seen, began] = [turn, now];

    const limit = Atomics.load(shared, 0);
    if (limit > 0 && now.processor - began.processor > limit) stop("time");
    if (limit > 0 && now.wall - began.wall > PATIENCE * limit) stop("starved");
    if (memoryUsage.rss() > bytes) stop("memory");
  }
}

/** Of the whole process. */
function processorMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

/** Says why, and ends the process. */
export function stop(why: StopReason): never {
  writeSync(3, toLines({ say: "stopped", why }));
  kill(pid, "SIGKILL");
  throw new Error("the process is being killed");
}
