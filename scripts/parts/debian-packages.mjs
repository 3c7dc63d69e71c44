// Packages from Debian, as root. Another installer on the machine is waited for.
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** Seconds that apt itself waits for dpkg's lock. */
const LOCK = ["-o", "DPkg::Lock::Timeout=600"];
/** The lists' lock has no such option: their update is tried again after each of these. */
const PAUSES_S = [5, 10, 15, 30];

/** Installs packages, with fresh lists. Throws with the call that failed; apt's own lines are on standard error. */
export async function installPackages(packages, log) {
  log(
    `installing ${packages.join(", ")} with apt-get (about 20 s; it waits up to 10 minutes for another installer)`,
  );
  await update(log);
  apt("install", "--no-install-recommends", ...packages);
}

async function update(log) {
  for (const pause of PAUSES_S) {
    try {
      return apt("update");
    } catch (error) {
      log(
        `${error.message}; once more in ${pause} s, as another installer may hold the lists`,
      );
      await sleep(pause * 1000);
    }
  }
  apt("update");
}

function apt(...args) {
  const { status, error } = spawnSync(
    "apt-get",
    [...LOCK, "-q", "-y", ...args],
    {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    },
  );
  if (status !== 0)
    throw new Error(
      `apt-get ${args.join(" ")} failed (${error?.message ?? status})`,
    );
}
