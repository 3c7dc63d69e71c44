import { readdir, readFile } from "node:fs/promises";

interface Process {
  user: number;
  /** One letter of the kernel's: `Z` only waits to be collected. */
  state: string;
}

/** Users that have a process on this machine. */
export async function usersWithProcesses(): Promise<Set<number>> {
  return new Set((await processes()).map(({ user }) => user));
}

/** How many of a user's processes still run: one that only waits to be collected does nothing any more. */
export async function countRunning(user: number): Promise<number> {
  const running = (await processes()).filter(
    (process) => process.user === user && !"ZX".includes(process.state),
  );
  return running.length;
}

async function processes(): Promise<Process[]> {
  const numbers = (await readdir("/proc").catch(() => [])).filter((name) =>
    /^\d+$/.test(name),
  );
  const found = await Promise.all(numbers.map(readProcess));

  return found.filter((process) => process !== null);
}

/** Null where it just ended. Not the owner of its folder: a process can make that root. */
async function readProcess(number: string): Promise<Process | null> {
  const text = await readFile(`/proc/${number}/status`, "utf8").catch(() => "");
  const user = /^Uid:\s+(\d+)/m.exec(text)?.[1];
  const state = /^State:\s+(\S)/m.exec(text)?.[1];

  return user === undefined || state === undefined
    ? null
    : { user: Number(user), state };
}
