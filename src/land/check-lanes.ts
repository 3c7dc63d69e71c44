import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { availableCores } from "../child/available-cores.ts";
import { limitsFor } from "../validate/worker/limits.ts";
import { freeMemory } from "../validate/worker/memory-room.ts";
import {
  type SharedWorker,
  shareWorker,
} from "../validate/worker/shared-worker.ts";
import type { WorkerContext } from "../validate/worker/worker-process.ts";

/** Beyond these a store is asked more at once than it answers sooner. */
const AT_MOST = 8;

/** A place where one model after the other is checked, beside those of other lanes. */
export interface CheckLane {
  /** Sees only what lies below `folder`. */
  shared: SharedWorker;
  /** Of this lane alone; absolute. */
  folder: string;
}

export interface CheckLanes {
  count: number;
  /** Takes a lane for `work`. Never asked for more than `count` at once. */
  use<T>(work: (lane: CheckLane) => Promise<T>): Promise<T>;
  /** Ends the processes. */
  close(): Promise<void>;
}

/** Lanes below `root`, an absolute path. */
export async function openLanes(
  ctx: WorkerContext,
  root: string,
  count: number,
): Promise<CheckLanes> {
  const lanes: CheckLane[] = [];
  for (let index = 0; index < count; index++) {
    const folder = join(root, String(index));
    await mkdir(folder, { recursive: true });
    lanes.push({ shared: shareWorker(ctx, folder), folder });
  }

  const free = [...lanes];

  return {
    count,
    async use(work) {
      const lane = free.pop();
      if (!lane) throw new Error(`more than ${count} models at once`);

      try {
        return await work(lane);
      } finally {
        free.push(lane);
      }
    },
    async close() {
      await Promise.all(lanes.map(({ shared }) => shared.close()));
    },
  };
}

/**
 * How many models of these sizes, in bytes, are checked at the same time: at most one for each core, and as many as the
 * free memory holds if each takes what the largest may take.
 */
export function lanesFor(
  sizes: readonly number[],
  { cores, freeBytes } = { cores: availableCores(), freeBytes: freeMemory() },
): number {
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const byMemory = Math.floor(freeBytes / limitsFor(largest).bytes);
  const room = Math.min(cores, byMemory, sizes.length, AT_MOST);

  return Math.max(1, room);
}
