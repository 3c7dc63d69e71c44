import { versions } from "node:process";
import { main } from "../../src/main.ts";
import {
  type CommandOptions,
  type CommandRun,
  TOY_ENGINE,
} from "./command-line.ts";

/**
 * The command line in this process, from its arguments to its exit code: what a suite of many runs saves is the start of
 * Node. Engines and checks run in processes of their own, as ever.
 */
export async function commandInside(
  args: string[],
  { cwd, env = {} }: Omit<CommandOptions, "started">,
): Promise<CommandRun> {
  const start = performance.now();
  let [stdout, stderr] = ["", ""];
  const process = {
    argv: ["node", "model-to-edge", ...args],
    env: {
      PATH: globalThis.process.env.PATH,
      HOME: globalThis.process.env.HOME,
      MODEL_TO_EDGE_ENGINES: TOY_ENGINE,
      ...env,
    },
    versions,
    cwd: () => cwd,
    once: () => undefined,
    stdout: {
      write: (text: string) => {
        stdout += text;
      },
    },
    stderr: {
      write: (text: string) => {
        stderr += text;
      },
    },
  };
  const code = await main(process as unknown as NodeJS.Process);
  const seconds = (performance.now() - start) / 1000;
  return { code, signal: null, stdout, stderr, seconds };
}
