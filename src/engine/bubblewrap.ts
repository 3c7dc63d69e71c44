import { readdir, realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runChild } from "../child/run-child.ts";
import { isBelow } from "../disk/is-below.ts";
import { isExecutable } from "./interpreter.ts";
import type {
  Access,
  Isolation,
  IsolationContext,
  Unreachable,
} from "./isolation-level.ts";
import { type SystemPaths, systemPaths } from "./system-paths.ts";

// The environment needs no --clearenv: bwrap itself is started with the scrubbed one.
const NAMESPACES = [
  "--unshare-all",
  "--die-with-parent",
  "--new-session",
  "--cap-drop",
  "ALL",
];
/** Nobody: what it writes belongs to the runner's user outside. A kernel may refuse it. */
const AS_NOBODY = ["--unshare-user", "--uid", "65534", "--gid", "65534"];
const FRESH = ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"];

/** The strongest rung: no network, no other process, no rights, and no file but its own and the system's programs. */
export async function tryBubblewrap(
  ctx: IsolationContext,
): Promise<Isolation | Unreachable> {
  const found = await findIsolations(ctx);
  if ("because" in found) return found;

  let said = "";
  for (const isolation of found) {
    const problem = await problemOf(
      ctx,
      await isolation.wrap("/bin/sh", ["-c", ":"], NOTHING),
    );
    if (problem === null) return isolation;
    said = problem;
  }

  return { because: `bubblewrap does not work here (${said})` };
}

/** The same as it works on most machines, not tried: where it does not work, what runs in it does not start. */
export async function untriedBubblewrap(
  ctx: IsolationContext,
): Promise<Isolation | null> {
  const found = await findIsolations(ctx);

  return "because" in found ? null : found[0];
}

/** As nobody, and as the runner's user. */
async function findIsolations(
  ctx: IsolationContext,
): Promise<[Isolation, Isolation] | Unreachable> {
  const bwrap = await findBubblewrap(ctx.environment.path);
  if (bwrap === null) return { because: "bubblewrap is not installed" };

  const paths = await systemPaths(ctx);
  if (paths === null) return { because: "bubblewrap: this package is damaged" };

  const as = (user: readonly string[]) =>
    isolationOf(async (command, args, access) => ({
      command: bwrap,
      args: [
        ...[...NAMESPACES, ...user],
        ...(await bubblewrapView(paths, access)),
        ...["--", command, ...args],
      ],
    }));

  return [as(AS_NOBODY), as([])];
}

const NOTHING: Access = { readable: [], writable: [], gpu: false };

function isolationOf(wrap: Isolation["wrap"]): Isolation {
  return {
    level: "bubblewrap",
    hasOwnUser: false,
    says: "bubblewrap (no network, no other processes, only files of the model and the system)",
    prepare: async () => undefined,
    wrap,
    end: async () => null,
    takeBack: async () => undefined,
  };
}

/** What it says where it does not work; null where it does. */
async function problemOf(
  ctx: IsolationContext,
  probe: { command: string; args: string[] },
): Promise<string | null> {
  const { exitCode, tail } = await runChild(ctx, {
    ...probe,
    cwd: "/",
    env: {},
    timeoutMs: 10_000,
    graceMs: 100,
    maxLogBytes: 10_000,
    signal: ctx.signal,
  });

  return exitCode === 0 ? null : (tail.at(-1) ?? `exit code ${exitCode}`);
}

/** Of a root with nothing in it: the system's programs, then what the process needs, then the devices. */
export async function bubblewrapView(
  paths: SystemPaths,
  access: Access,
): Promise<string[]> {
  const system = [...paths.system, ...(access.gpu ? paths.gpu : [])];
  const words = system
    .filter((path) => !/^\/(proc|dev)\//.test(path))
    .flatMap((path) => ["--ro-bind-try", path, path]);
  words.push(...FRESH);
  const bind = (how: string, from: string, to: string) =>
    words.push(how, from, to);

  for (const path of access.writable)
    bind("--bind", await realpath(path), path);

  const isSystem = (path: string) =>
    paths.system.some((folder) => isBelow(path, folder));
  for (const path of access.readable) {
    const real = await realpath(path).catch(() => null);
    if (real === null) continue;

    if (!isSystem(path)) bind("--ro-bind", real, path);
    if (real !== path && !isSystem(real)) bind("--ro-bind", real, real);
  }

  for (const device of access.gpu ? await nvidiaDevices() : [])
    bind("--dev-bind-try", device, device);

  words.push("--remount-ro", "/");

  return words;
}

async function findBubblewrap(path: string): Promise<string | null> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, "bwrap");
    if (folder.startsWith("/") && (await isExecutable(file))) return file;
  }
  return null;
}

/** Paths of the NVIDIA devices of this machine. */
export async function nvidiaDevices(): Promise<string[]> {
  const names = await readdir("/dev").catch(() => []);
  return names
    .filter((name) => name.startsWith("nvidia"))
    .map((name) => join("/dev", name));
}
