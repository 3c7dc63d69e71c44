import { resolve } from "node:path";
import { versions } from "node:process";
import { pathToFileURL } from "node:url";
import type { main } from "../../src/main.ts";
import {
  type CommandOptions,
  type CommandRun,
  commandLine,
  TOY_ENGINE,
} from "./command-line.ts";

/** Names that the command line takes from the environment that it is given; of others libraries ask the process. */
const OWN = /^(CI|GITLAB|LAKECTL|LAKEFS|MODEL_TO_EDGE)(_|$)/;

/**
 * The built command line in this process, from its arguments to its exit code: what a suite of many runs saves is the
 * start of Node and the loading of its code. Engines and checks run in processes of their own, as ever.
 */
export async function commandInside(
  args: string[],
  { cwd, env = {} }: Pick<CommandOptions, "cwd" | "env">,
): Promise<CommandRun> {
  const start = performance.now();
  const built = await import(pathToFileURL(resolve("dist/main.js")).href);
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
  const run = built.main as typeof main;
  const code = await run(process as unknown as NodeJS.Process);
  const seconds = (performance.now() - start) / 1000;
  return { code, signal: null, stdout, stderr, seconds };
}

let isBusy = false;

/**
 * `commandInside` where that is the same, `commandLine` where it takes a process: to do it harm, as another user, and
 * beside another command, since two at once are to be two processes.
 */
export async function command(
  args: string[],
  options: CommandOptions,
): Promise<CommandRun> {
  const { started, before, user, env = {} } = options;
  const alone = isBusy || started || before || user !== undefined;
  if (alone || Object.keys(env).some((name) => !OWN.test(name)))
    return commandLine(args, options);

  isBusy = true;
  try {
    return await commandInside(args, options);
  } finally {
    isBusy = false;
  }
}
