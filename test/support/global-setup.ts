import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const READY = Symbol.for("model-to-edge: the tests are set up");

/**
 * The command line is tested as it ships: built once before all tests. What tests leave behind, as those do that kill
 * a run, lies in one folder, which is removed after the last of them.
 */
export default function setup(): () => void {
  // Each project of vitest.config.ts calls it: the first time is for all of them.
  const shared = globalThis as { [READY]?: true };
  if (shared[READY]) return () => undefined;
  shared[READY] = true;

  execFileSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });

  const before = process.env.TMPDIR;
  const folder = mkdtempSync(join(tmpdir(), "m2e-tests-"));
  // As the machine's own: engines that run as another user reach theirs below it.
  chmodSync(folder, 0o1777);
  process.env.TMPDIR = folder;

  return () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true, force: true });
  };
}
