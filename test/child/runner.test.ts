import { join } from "node:path";
import { expect, it } from "vitest";
import { CHILDREN, isAlive, waitUntil } from "./children.ts";
import { startRunner } from "./start-runner.ts";

const RUNNER = new URL("../fixtures/children/runner.ts", import.meta.url);

async function startWith(child: string) {
  const { runner, firstLine, ended } = await startRunner(RUNNER, [
    process.execPath,
    join(CHILDREN, child),
  ]);
  const pid = Number(firstLine);
  expect(isAlive(pid)).toBe(true);
  return { runner, pid, ended };
}

it.each(["forever.mjs", "ignore-sigterm.mjs", "fork-and-hang.mjs"])(
  "SIGTERM to the runner ends it and the whole group of %s, which would go on for a minute",
  async (child) => {
    const { runner, pid, ended } = await startWith(child);
    const sent = Date.now();
    runner.kill("SIGTERM");
    await ended;
    expect(Date.now() - sent).toBeLessThan(30_000);
    await waitUntil(() => !isAlive(pid));
  },
);

it.each(["ignore-sigterm.mjs", "fork-and-hang.mjs"])(
  "the whole group of %s dies with a runner that is killed outright",
  async (child) => {
    const { runner, pid, ended } = await startWith(child);
    runner.kill("SIGKILL");
    await ended;
    await waitUntil(() => !isAlive(pid));
    expect(isAlive(pid)).toBe(false);
  },
);
