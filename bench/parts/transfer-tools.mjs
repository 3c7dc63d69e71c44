// The programs that transfers are compared with: on PATH, in the tests' cache, or built with Go where that is asked for.
import { execFileSync } from "node:child_process";
import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cacheFolder } from "../../scripts/parts/cache-folder.mjs";

/** Module and version by name. `go install` refuses it where a proxy lists no versions: a module of our own requires it. */
const MODULES = { s5cmd: ["github.com/peak/s5cmd/v2", "v2.3.0"] };

/**
 * `{tools, missing}`: the paths of curl, s5cmd, lakectl and rclone by name, and a line for each that is not there.
 * `get`: builds those that Go can build (3 minutes each).
 */
export function transferTools({ lakectl, get = false }) {
  const tools = {};
  const missing = [];

  for (const name of ["curl", "s5cmd", "lakectl", "rclone"]) {
    const known = name === "lakectl" ? lakectl : null;
    const path = known ?? onPath(name) ?? cached(name, get);
    if (path) tools[name] = path;
    else missing.push(`${name} is not here: ${remedy(name)}`);
  }

  return { tools, missing };
}

function remedy(name) {
  if (name in MODULES)
    return "`node bench/transfer.mjs --get` builds it with Go";
  return `install ${name}`;
}

function onPath(name) {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(runs);
}

function cached(name, get) {
  if (!(name in MODULES)) return null;

  const [module, version] = MODULES[name];
  const folder = join(cacheFolder(), `${name}-${version}`);
  const program = join(folder, name);
  if (runs(program)) return program;
  if (!get) return null;

  console.log(`building ${name} ${version} with Go, once`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "go.mod"),
    `module tools\n\ngo 1.24\n\nrequire ${module} ${version}\n\ntool ${module}\n`,
  );
  execFileSync("go", ["build", "-o", program, module], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      CGO_ENABLED: "0",
      GOWORK: "off",
      GOFLAGS: "-mod=mod",
    },
  });

  return program;
}

function runs(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
