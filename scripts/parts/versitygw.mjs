// versitygw, an S3 server of one program, for the tests of S3: node scripts/parts/versitygw.mjs builds it with Go (3 to 8 minutes).
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./cache-folder.mjs";

const VERSION = "v1.8.0";

/** Its path; null where it is not there and is not to be built. Throws what Go says. */
export function versitygw({ build = false } = {}) {
  const folder = join(cacheFolder(), `versitygw-${VERSION}`);
  const program = join(folder, "versitygw");
  if (existsSync(program)) return program;
  if (!build) return null;

  console.log("model-to-edge: building versitygw with Go (3 to 8 minutes)");
  const source = `github.com/versity/versitygw/cmd/versitygw@${VERSION}`;
  execFileSync("go", ["install", source], {
    stdio: "inherit",
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: "0", GOFLAGS: "" },
  });

  return program;
}

if (argv[1] === fileURLToPath(import.meta.url))
  console.log(versitygw({ build: true }));
