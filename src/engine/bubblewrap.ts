import { readdir, realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runChild } from "../child/run-child.ts";
import { isExecutable } from "./interpreter.ts";
import type {
  Access,
  Isolation,
  IsolationContext,
  Unreachable,
} from "./isolation-level.ts";
import { isOfTheSystem } from "./system-folders.ts";

// The environment needs no --clearenv: bwrap itself is started with the scrubbed one.
const NAMESPACES = [
  "--unshare-all",
  "--die-with-parent",
  "--new-session",
  "--cap-drop",
  "ALL",
];
const READ_ONLY_ROOT = [
  "--ro-bind",
  "/",
  "/",
  "--dev",
  "/dev",
  "--proc",
  "/proc",
];
// Home folders, projects, runtime sockets, mounted secrets, other jobs' files: none of the model's business.
const HIDDEN = ["/tmp", "/var/tmp", "/run", "/home", "/root"];

/** The strongest rung: no network, no other process, no rights, and a view of the files without anything private. */
export async function tryBubblewrap(
  ctx: IsolationContext,
): Promise<Isolation | Unreachable> {
  const bwrap = await findBubblewrap(ctx.environment.path);
  if (bwrap === null) return { because: "bubblewrap is not installed" };

  const hidden = await hiddenFolders(ctx);
  const wrap = async (command: string, args: string[], access: Access) => {
    const view = await bubblewrapView(hidden, access);
    return {
      command: bwrap,
      args: [...NAMESPACES, ...READ_ONLY_ROOT, ...view, "--", command, ...args],
    };
  };

  const probe = await wrap("/bin/sh", ["-c", ":"], {
    readable: [],
    writable: [],
    gpu: false,
  });

  const limits = {
    timeoutMs: 10_000,
    graceMs: 100,
    maxLogBytes: 10_000,
    signal: ctx.signal,
  };

  const probed = await runChild(ctx, {
    ...probe,
    cwd: "/",
    env: {},
    ...limits,
  });

  if (probed.exitCode !== 0)
    return {
      because: `bubblewrap does not work here (${probed.tail.at(-1) ?? `exit code ${probed.exitCode}`})`,
    };

  return {
    level: "bubblewrap",
    hasOwnUser: false,
    says: "bubblewrap (no network, no other processes, read-only files, home and project hidden)",
    prepare: async () => undefined,
    wrap,
    end: async () => null,
    takeBack: async () => undefined,
  };
}

/** Empty folders over what is hidden, then what the process needs of it, then the devices. */
export async function bubblewrapView(
  hidden: readonly string[],
  access: Access,
): Promise<string[]> {
  const isHidden = (path: string) =>
    hidden.some((folder) => path === folder || path.startsWith(`${folder}/`));
  const words = hidden.flatMap((folder) => ["--tmpfs", folder]);
  const bind = (how: string, from: string, to: string) =>
    words.push(how, from, to);
  for (const path of access.writable)
    bind("--bind", await realpath(path), path);

  for (const path of access.readable) {
    const real = await realpath(path).catch(() => null);
    if (real === null) continue;

    const writableThere = access.writable.some((folder) =>
      path.startsWith(`${folder}/`),
    );
    if (isHidden(path) || writableThere) bind("--ro-bind", real, path);
    if (real !== path && isHidden(real)) bind("--ro-bind", real, real);
  }

  for (const device of access.gpu ? await nvidiaDevices() : [])
    bind("--dev-bind-try", device, device);

  return words;
}

/** Folders that exist, none below another, parents of the system left out. */
async function hiddenFolders({
  environment,
  home,
  cwd,
}: IsolationContext): Promise<string[]> {
  const { projectFolder: project, buildsFolder } = environment.ci;
  // `<project>.tmp` is where a runner puts the variables of type file.
  const wanted = [
    ...HIDDEN,
    home,
    cwd,
    buildsFolder,
    project,
    project && `${project}.tmp`,
  ];

  const real = await Promise.all(
    wanted.map((folder) =>
      folder ? realpath(folder).catch(() => null) : null,
    ),
  );

  const folders = [...new Set(real.filter((folder) => folder !== null))].filter(
    (folder) => !isOfTheSystem(folder),
  );

  return folders
    .filter(
      (folder) => !folders.some((other) => folder.startsWith(`${other}/`)),
    )
    .sort();
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
