import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildSync } from "esbuild";
import { expect, it } from "vitest";
import { CHILDREN, isAlive, temporaryFolder, waitUntil } from "./children.ts";

/** The runner as a process of its own, and the process id that its child printed. */
async function startRunner(child: string): Promise<{ runner: ChildProcess; pid: number; ended: Promise<unknown> }> {
  const outfile = join(temporaryFolder(), "runner.mjs");
  const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' };
  buildSync({
    entryPoints: [join(CHILDREN, "runner.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    banner,
  });
  const runner = spawn(process.execPath, [outfile, process.execPath, join(CHILDREN, child)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => runner.once("close", resolve));
  const pid = await new Promise<string>((resolve) => createInterface(runner.stdout).once("line", resolve));
  expect(isAlive(Number(pid))).toBe(true);
  return { runner, pid: Number(pid), ended };
}

it.each(["forever.mjs", "ignore-sigterm.mjs", "fork-and-hang.mjs"])(
  "SIGTERM to the runner ends it and the whole group of %s within seconds",
  async (child) => {
    const { runner, pid, ended } = await startRunner(child);
    const sent = Date.now();
    runner.kill("SIGTERM");
    await ended;
    expect(Date.now() - sent).toBeLessThan(3000);
    await waitUntil(() => !isAlive(pid));
  },
);

it("the child dies with a runner that is killed outright", async () => {
  const { runner, pid, ended } = await startRunner("ignore-sigterm.mjs");
  runner.kill("SIGKILL");
  await ended;
  await waitUntil(() => !isAlive(pid));
});
