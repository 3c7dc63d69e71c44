import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildSync } from "esbuild";
import { CHILDREN, temporaryFolder } from "./children.ts";

export interface Runner {
  runner: ChildProcess;
  firstLine: string;
  ended: Promise<unknown>;
}

/** A program of `test/fixtures/children` in TypeScript, bundled and started as a process of its own. */
export async function startRunner(program: string, args: string[]): Promise<Runner> {
  const outfile = join(temporaryFolder(), "runner.mjs");
  const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' };
  const entryPoints = [join(CHILDREN, program)];
  buildSync({ entryPoints, outfile, bundle: true, platform: "node", format: "esm", banner });
  const runner = spawn(process.execPath, [outfile, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => runner.once("close", resolve));
  const firstLine = await new Promise<string>((resolve) => createInterface(runner.stdout).once("line", resolve));
  return { runner, firstLine, ended };
}
