// Prints the path of GitLab's own schema of .gitlab-ci.yml, which the Python package check-jsonschema carries.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cacheFolder } from "./cache-folder.mjs";

const PACKAGE = "check-jsonschema";
const VERSION = "0.39.0";
const MEMBER = "check_jsonschema/builtin_schemas/vendor/gitlab-ci.json";

/** Downloads the schema once; afterwards answers from the cache. */
export function ciSchema() {
  const cache = cacheFolder();
  const file = join(cache, `gitlab-ci-${VERSION}.json`);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "tmp-"));
  try {
    const quiet = { stdio: ["ignore", "ignore", "inherit"] };
    execFileSync(
      "python3",
      [
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--require-hashes",
        ...["-r", join(import.meta.dirname, "ci-schema.txt")],
        "-d",
        work,
      ],
      quiet,
    );
    const wheel = readdirSync(work).find((name) => name.endsWith(".whl"));
    if (!wheel)
      throw new Error(`pip brought no wheel of ${PACKAGE} ${VERSION}`);
    execFileSync(
      "python3",
      ["-m", "zipfile", "-e", join(work, wheel), work],
      quiet,
    );
    renameSync(join(work, MEMBER), file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return file;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log(ciSchema());
