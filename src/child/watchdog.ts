import { execa } from "execa";

// Asked first: a sandbox then ends also what left the group.
const WAIT_THEN_KILL =
  'read -r _; kill -s TERM -- "-$1"; sleep 1; kill -s KILL -- "-$1"';

/**
 * Kills a process group when we are gone, however we went: a shell of its own session waits for the end of a pipe that
 * only we hold. More than `prctl(PR_SET_PDEATHSIG)`, which reaches one process and exists on Linux alone.
 * Returns what calls it off.
 */
export function watchOver(group: number): () => void {
  const dog = execa("/bin/sh", ["-c", WAIT_THEN_KILL, "sh", String(group)], {
    cwd: "/",
    env: {},
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stdio: ["pipe", "ignore", "ignore"],
  });

  dog.unref();

  return () => {
    dog.kill("SIGKILL");
  };
}
