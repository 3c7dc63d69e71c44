import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { temporaryFolder } from "./children.ts";

export interface Runner {
  runner: ChildProcess;
  firstLine: string;
  ended: Promise<unknown>;
}

/** A program in TypeScript, bundled and started as a process of its own. */
export async function startRunner(
  program: URL,
  args: string[],
): Promise<Runner> {
  const outfile = join(temporaryFolder(), "runner.mjs");
  const banner = {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  };
  const entryPoints = [fileURLToPath(program)];
  buildSync({
    entryPoints,
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    banner,
  });
  const runner = spawn(process.execPath, [outfile, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => runner.once("close", resolve));
  const firstLine = await new Promise<string>((resolve) =>
    createInterface(runner.stdout).once("line", resolve),
  );
  return { runner, firstLine, ended };
}
