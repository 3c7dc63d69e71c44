import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { FoundFile } from "./walk.ts";

/** File systems stamp times by a tick of up to 10 ms: a later write within the tick would not show. */
const TICK_MS = 20;

/** Equal exactly where nothing was written to the file in between: the inode and its times in nanoseconds. */
export function statToken(stats: BigIntStats): string {
  return `stat:${stats.ino}-${stats.size}-${stats.mtimeNs}-${stats.ctimeNs}`;
}

/** Token of published bytes: the same for the same content, wherever it lies. */
export function contentToken(sha256: string): string {
  return `sha256:${sha256}`;
}

/** The token of a file that anybody may write to; waits until the tick of its last change is over. */
export async function settledToken(
  found: FoundFile,
  now: () => Date,
): Promise<string> {
  let stats = found.stat;
  for (
    let age = ageOf(stats, now);
    age >= 0 && age < TICK_MS;
    age = ageOf(stats, now)
  ) {
    await sleep(TICK_MS - age);
    stats = await stat(found.file, { bigint: true });
  }

  return statToken(stats);
}

function ageOf(stats: BigIntStats, now: () => Date): number {
  return now().getTime() - Number(stats.ctimeNs / 1_000_000n);
}
