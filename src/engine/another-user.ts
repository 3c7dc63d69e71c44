import { randomInt } from "node:crypto";
import { chmod, lchown, readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { getuid } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { type ChildOutcome, runChild } from "../child/run-child.ts";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import { closeToOthers, type Reopen } from "./close-to-others.ts";
import type {
  Isolation,
  IsolationContext,
  Unreachable,
} from "./isolation-level.ts";
import { countRunning, usersWithProcesses } from "./processes.ts";
import { sandboxFolder } from "./sandbox-folder.ts";
import { isOfTheSystem } from "./system-folders.ts";

// Below 65536, so that it exists in a container with mapped users; above what distributions give away.
const FIRST_USER = 61_200;
const LAST_USER = 64_900;
// For what is left of a model to be gone.
const PATIENCE_MS = 5000;
const PAUSE_MS = 20;
// The strongest first: a container often allows none of them.
const NAMESPACES = [
  {
    words: [
      "--net",
      "--pid",
      "--ipc",
      "--mount-proc",
      "--fork",
      "--kill-child",
    ],
    says: "no network, no other processes",
  },
  { words: ["--net"], says: "no network" },
];

/** For a job that is root: the process runs as a user whom nothing belongs to, in fewer namespaces where allowed. */
export async function tryAnotherUser(
  ctx: IsolationContext,
  reads: readonly string[],
  unshare = "/usr/bin/unshare",
): Promise<Isolation | Unreachable> {
  if (getuid?.() !== 0) return { because: "another user: the job is not root" };

  const user = await freeUser();
  const asUser = asUserWords(user);
  const plain = await run(ctx, [...asUser, "true"]);
  if (plain?.exitCode !== 0)
    return { because: "another user: setpriv does not work here" };

  const unreadable = await firstUnreadable(ctx, asUser, reads);
  if (unreadable) return { because: `another user cannot read ${unreadable}` };

  const closed = await jobFolders(ctx);
  let reopen: Reopen | null = null;

  const { words, says } = await namespaces(ctx, asUser, unshare);

  return {
    level: "uid",
    hasOwnUser: true,
    says: `another user (${user}; ${says}); files that every user may read are readable`,
    async prepare(folder) {
      await giveTo(user, folder);
      if (await firstUnreadable(ctx, asUser, [folder]))
        throw unreachable(folder);

      const needed = [...reads, folder, sandboxFolder(ctx)];
      reopen = await closeToOthers(closed, await realPaths(needed));
    },
    async wrap(command, args) {
      const [first = command, ...rest] = [
        ...words,
        ...asUser,
        command,
        ...args,
      ];
      return { command: first, args: rest };
    },
    async end() {
      const left = await endAll(ctx, asUser, user);
      await reopen?.();
      reopen = null;

      return left;
    },
    takeBack: (folder) => giveTo(0, folder),
  };
}

/**
 * Of the job: GitLab's helper opens the checkout to everybody, `<project>.tmp` holds the variables of type file, and
 * `/scripts-*` those of the job's script.
 */
async function jobFolders({
  cwd,
  environment,
}: IsolationContext): Promise<string[]> {
  const { projectFolder: project } = environment.ci;
  const scripts = (await readdir("/"))
    .filter((name) => name.startsWith("scripts-"))
    .map((name) => join("/", name));

  const all = [cwd, project, project && `${project}.tmp`, ...scripts];
  const real = await realPaths(all.filter((folder) => folder !== null));

  return real.filter((folder) => !isOfTheSystem(folder));
}

/** Of those that are there. */
async function realPaths(paths: readonly string[]): Promise<string[]> {
  const real = await Promise.all(
    paths.map((path) => realpath(path).catch(() => null)),
  );
  return real.filter((path) => path !== null);
}

function asUserWords(user: number): string[] {
  const drop = ["--clear-groups", "--no-new-privs", "--inh-caps=-all"];
  return [
    "/usr/bin/setpriv",
    `--reuid=${user}`,
    `--regid=${user}`,
    ...drop,
    "--",
  ];
}

async function namespaces(
  ctx: IsolationContext,
  asUser: string[],
  program: string,
) {
  for (const { words, says } of NAMESPACES) {
    const unshare = [program, ...words, "--"];
    if ((await run(ctx, [...unshare, ...asUser, "true"]))?.exitCode === 0)
      return { words: unshare, says };
  }
  return { words: [], says: "the network is reachable" };
}

async function firstUnreadable(
  ctx: IsolationContext,
  asUser: string[],
  paths: readonly string[],
) {
  const script =
    'for path; do test -r "$path" || { echo "$path"; exit 1; }; done';
  const tried = await run(ctx, [
    ...asUser,
    "/bin/sh",
    "-c",
    script,
    "sh",
    ...paths,
  ]);

  return tried?.exitCode === 0 ? null : (tried?.tail.at(-1) ?? "its files");
}

/** Also those that left the group: nothing else runs as this user. */
async function endAll(
  ctx: IsolationContext,
  asUser: string[],
  user: number,
): Promise<string | null> {
  const until = performance.now() + PATIENCE_MS;

  do {
    // The shell's own kill: slim images have no program of that name.
    await run(ctx, [...asUser, "/bin/sh", "-c", "kill -KILL -1"]);
    if ((await countRunning(user)) === 0) return null;
    await sleep(PAUSE_MS);
  } while (performance.now() < until);

  return `${await countRunning(user)} processes that cannot be ended`;
}

/** Null where the program is missing. */
function run(
  ctx: IsolationContext,
  [command = "", ...args]: string[],
): Promise<ChildOutcome | null> {
  const limits = {
    timeoutMs: 10_000,
    graceMs: 100,
    maxLogBytes: 10_000,
    signal: new AbortController().signal,
  };
  return runChild(ctx, {
    command,
    args,
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    ...limits,
  }).catch(nullUnlessPrevented);
}

function unreachable(folder: string): UsageError {
  return new UsageError(
    `another user cannot reach ${folder}: a parent folder is closed to other users`,
    {
      code: "isolation-folder",
      hint: "set TMPDIR to a folder whose parent folders other users may enter, install bubblewrap, or set `isolation: none`",
    },
  );
}

async function giveTo(user: number, folder: string): Promise<void> {
  await lchown(folder, user, user);
  await chmod(folder, 0o700);
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });

  await Promise.all(
    entries.map((entry) =>
      lchown(join(entry.parentPath, entry.name), user, user),
    ),
  );
}

/** One that has no account and no process. */
async function freeUser(): Promise<number> {
  const accounts = await readFile("/etc/passwd", "utf8").catch(() => "");
  const taken = new Set([
    ...accounts.split("\n").map((line) => Number(line.split(":")[2])),
    ...(await usersWithProcesses()),
  ]);

  let user = randomInt(FIRST_USER, LAST_USER);
  while (taken.has(user)) user = user < LAST_USER ? user + 1 : FIRST_USER;

  return user;
}
