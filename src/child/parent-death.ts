import { execa } from "execa";

const CANDIDATES = ["/usr/bin/setpriv", "/bin/setpriv"];
const FLAGS = ["--pdeathsig", "KILL", "--"];
let known: Promise<string[]> | undefined;

/**
 * Words to put before a command so that the kernel kills it when we are killed outright.
 * Empty where util-linux's setpriv is missing (BusyBox's has no `--pdeathsig`, macOS none). Asked once.
 */
export function dieWithParent(): Promise<string[]> {
  known ??= probe();
  return known;
}

async function probe(): Promise<string[]> {
  for (const file of CANDIDATES) {
    const tried = await execa(file, [...FLAGS, "true"], { reject: false, stdio: "ignore" });
    if (tried.exitCode === 0) return [file, ...FLAGS];
  }
  return [];
}
