import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import {
  type ChildCommand,
  type ChildOutcome,
  runChild,
} from "../../src/child/run-child.ts";
import { readEnvironment } from "../../src/environment/environment.ts";

export const CHILDREN = join(import.meta.dirname, "../fixtures/children");

/** Runs a script of `test/fixtures/children`. */
export function runFixture(
  name: string,
  args: string[] = [],
  more: Partial<ChildCommand> = {},
  env: Record<string, string> = {},
): Promise<ChildOutcome> {
  return runChild(
    { environment: readEnvironment(env), now: () => new Date() },
    {
      command: process.execPath,
      args: [join(CHILDREN, name), ...args],
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" },
      graceMs: 1000,
      maxLogBytes: 4 * 1024 * 1024,
      signal: new AbortController().signal,
      ...more,
    },
  );
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * What a program with a limit of time does, once it got as far as `isReady` within it: on a busy machine its start alone
 * may take longer than the first limits.
 */
export async function withinLimit<T>(
  run: (timeoutMs: number) => Promise<T>,
  isReady: (outcome: T) => boolean,
): Promise<T> {
  for (const timeoutMs of [1_000, 4_000]) {
    const outcome = await run(timeoutMs);
    if (isReady(outcome)) return outcome;
  }

  return run(16_000);
}

/** A zombie counts as gone: nobody may be there to collect it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Fails after twenty seconds: on a busy machine the kernel may take some to end a process. */
export async function waitUntil(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !condition(); tries++) await sleep(50);
  if (!condition()) throw new Error(`still not: ${condition}`);
}

/** Processes, no zombies, that have a word among their arguments. */
export function processesWith(word: string): number[] {
  return processes((words) => words.includes(word));
}

/** Processes that were given a path below a folder. */
export function processesBelow(folder: string): number[] {
  return processes((words) => words.some((word) => word.startsWith(folder)));
}

function processes(isMeant: (words: string[]) => boolean): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const has = (pid: string) => {
    try {
      return isMeant(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0"));
    } catch {
      return false;
    }
  };
  return pids.filter(has).map(Number).filter(isAlive);
}
