import { mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { getuid } from "node:process";

/** A way to start a command as another machine, or another user, would. */
export interface World {
  name: string;
  /** Words before the command. */
  before: string[];
  /** What its run reaches. */
  level: "bubblewrap" | "landlock" | "uid" | "none";
  /** How its log begins to say so. */
  says: string;
  /** Whether bubblewrap lies on its PATH. */
  hasBubblewrap: boolean;
  user: "root" | "nobody";
}

const NOBODY = 65_534;
const PYTHON = "/usr/bin/python3";
/** Landlock's three calls. */
const NO_LANDLOCK = [
  PYTHON,
  resolve("test/support/without-calls.py"),
  "444,445,446",
];
const DOCKER = [
  "/usr/bin/setpriv",
  "--bounding-set=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap",
  "--inh-caps=-all",
];
const AS_NOBODY = [
  "/usr/bin/setpriv",
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  "--clear-groups",
];

const BWRAP = "bubblewrap (";
const LANDLOCK = "Landlock (";
const LANDLOCK_AND_USER = "Landlock and another user (";
const USER = "another user (";
const LEVELS: Record<string, World["level"]> = {
  [BWRAP]: "bubblewrap",
  [LANDLOCK]: "landlock",
  [LANDLOCK_AND_USER]: "landlock",
  [USER]: "uid",
};

const world = (
  name: string,
  says: string,
  before: string[],
  { hasBubblewrap = false, user = "root" }: Partial<World> = {},
): World => ({
  name,
  says,
  level: LEVELS[says] ?? "none",
  before,
  hasBubblewrap,
  user,
});

/** Of the machines that a job runs on; all need root to be played. */
export const WORLDS: readonly World[] = [
  world("bubblewrap, root", BWRAP, [], { hasBubblewrap: true }),
  world("bubblewrap, a plain user", BWRAP, AS_NOBODY, {
    hasBubblewrap: true,
    user: "nobody",
  }),
  world("Landlock, root with all capabilities", LANDLOCK_AND_USER, []),
  world("Landlock, root as in Docker", LANDLOCK_AND_USER, DOCKER),
  world("Landlock, a plain user", LANDLOCK, AS_NOBODY, { user: "nobody" }),
  world("no Landlock, root with all capabilities", USER, NO_LANDLOCK),
  world("no Landlock, root as in Docker", USER, [...DOCKER, ...NO_LANDLOCK]),
];

export const canPlayWorlds = getuid?.() === 0;

/** A PATH with what a run needs of the system, and without bubblewrap: a new folder below `root`. */
export function plainPath(root: string): string {
  const folder = join(root, "bin");
  mkdirSync(folder);
  for (const program of ["rm", "chmod", "git", "sh", "env"])
    symlinkSync(join("/usr/bin", program), join(folder, program));
  return folder;
}
