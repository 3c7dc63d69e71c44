import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

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

/** A file and when its entry last changed, in milliseconds since 1970. */
interface Stamped {
  file: string;
  token: string;
  changedAt: number;
}

/**
 * The token of a file that anybody may write to; waits until the tick of its last change is over. The two clocks may be a
 * moment apart.
 */
export async function settledToken(
  found: Stamped,
  now: () => Date,
): Promise<string> {
  let { token, changedAt } = found;
  for (
    let age = now().getTime() - changedAt;
    Math.abs(age) < TICK_MS;
    age = now().getTime() - changedAt
  ) {
    await sleep(TICK_MS - age);
    const stats = await stat(found.file, { bigint: true });
    token = statToken(stats);
    changedAt = Number(stats.ctimeMs);
  }

  return token;
}
