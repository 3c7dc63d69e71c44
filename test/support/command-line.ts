import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";

export const CLI = resolve("dist/cli.js");
export const TOY_ENGINE = resolve("test/fixtures/engines/toy");

/** Where a developer keeps the real engine's environment, when it is not the installed one. */
const python = process.env.MODEL_TO_EDGE_ENGINE_PYTHON_MMDEPLOY;
const ENGINE_PYTHON = python
  ? { MODEL_TO_EDGE_ENGINE_PYTHON_MMDEPLOY: python }
  : {};

export interface CommandRun {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  seconds: number;
}

export interface CommandOptions {
  cwd: string;
  env?: Record<string, string>;
  /** Words before the command: as another user, on another kernel. */
  before?: string[];
  /** Runs as this user and group, where the test runs as root. */
  user?: number;
  /** Called when the process is there, to do it harm. */
  started?: (child: ChildProcess) => void;
}

/** Runs the built command line with a scrubbed environment and the toy engine at hand. */
export function commandLine(
  args: string[],
  { cwd, env, before = [], user, started }: CommandOptions,
): Promise<CommandRun> {
  const start = performance.now();
  return new Promise((done, reject) => {
    const [program = "", ...rest] = [...before, process.execPath, CLI, ...args];
    const child = spawn(program, rest, {
      cwd,
      ...(user === undefined ? {} : { uid: user, gid: user }),
      env: {
        PATH: process.env.PATH ?? "",
        HOME: process.env.HOME ?? "",
        MODEL_TO_EDGE_ENGINES: TOY_ENGINE,
        ...ENGINE_PYTHON,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data) => {
      stdout += String(data);
    });
    child.stderr.on("data", (data) => {
      stderr += String(data);
    });
    child.on("error", reject);
    child.on("close", (code, signal) =>
      done({
        code,
        signal,
        stdout,
        stderr,
        seconds: (performance.now() - start) / 1000,
      }),
    );
    started?.(child);
  });
}
