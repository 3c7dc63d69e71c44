import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * The command line is tested as it ships: built once before all tests. What tests leave behind, as those do that kill
 * a run, lies in one folder, which is removed after the last of them.
 */
export default function setup(): () => void {
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
