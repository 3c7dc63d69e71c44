import { join } from "node:path";
import { runChild } from "../child/run-child.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import { nvidiaDevices } from "./bubblewrap.ts";
import { findPython } from "./interpreter.ts";
import type {
  Access,
  EndOfRun,
  Isolation,
  IsolationContext,
  Unreachable,
} from "./isolation-level.ts";
import { sandboxFolder } from "./sandbox-folder.ts";

const PROBE_MS = 10_000;

/**
 * The kernel's own restriction, for a job without rights in a container without namespaces: no file but its own and the
 * system's, no socket at all, no trace of what it leaves behind. As root it runs as another user beside, where that works.
 */
export async function tryLandlock(
  ctx: IsolationContext,
  outer: Isolation | null = null,
): Promise<Isolation | Unreachable> {
  const python = await findPython(ctx.environment.path);
  if (python === null) return { because: "Landlock: there is no python3" };

  const wrap = async (command: string, args: string[], access: Access) => {
    const inner = [command, ...args];
    const words = await landlockWords(ctx, python, access);
    const [first = "", ...rest] = [...words, ...inner];

    return outer
      ? outer.wrap(first, rest, access)
      : { command: first, args: rest };
  };

  const probe = await wrap("/bin/sh", ["-c", ":"], NOTHING);
  const probed = await runChild(ctx, {
    ...probe,
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    timeoutMs: PROBE_MS,
    graceMs: 100,
    maxLogBytes: 10_000,
    signal: ctx.signal,
  }).catch(nullUnlessPrevented);

  if (probed?.exitCode !== 0)
    return {
      because: `Landlock does not work here (${probed?.tail.at(-1) ?? "its program does not start"})`,
    };

  const beside = outer ? " and another user" : "";

  return {
    level: "landlock",
    hasOwnUser: outer !== null,
    says: `Landlock${beside} (no network, only files of the model and the system)`,
    prepare: async (folder) => outer?.prepare(folder),
    wrap,
    end: async (outcome) =>
      (await outer?.end(outcome)) ?? leftBehind(outcome, outer !== null),
    takeBack: async (folder) => outer?.takeBack(folder),
  };
}

/** What `run.py` ends with where something outlived it. */
const SURVIVORS = 97;

/**
 * The sandbox's first process ends what is left, and passes a signal on as an exit code: where it was itself killed, or
 * says so, something may still run. Another user's processes were ended from outside.
 */
function leftBehind(
  { exitCode, signal }: EndOfRun,
  hasOuter: boolean,
): string | null {
  if (exitCode === SURVIVORS) return "a process that cannot be ended";
  return signal !== null && !hasOuter
    ? "processes that may still run: the process that should end them was killed"
    : null;
}

const NOTHING: Access = { readable: [], writable: [], gpu: false };

async function landlockWords(
  ctx: IsolationContext,
  python: string,
  { readable, writable, gpu }: Access,
): Promise<string[]> {
  const devices = gpu ? await nvidiaDevices() : [];
  const program = join(sandboxFolder(ctx), "run.py");

  return [
    python,
    ...["-I", "-B", program],
    JSON.stringify({ readable, writable, devices }),
  ];
}
