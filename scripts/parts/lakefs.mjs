// Gets a real lakeFS for the tests: a running server, one on PATH, the cached binary, or one built with Go.
// Plain JavaScript with built-ins only: it runs before `npm ci`. By hand: node scripts/parts/lakefs.mjs
import { execFile, spawn } from "node:child_process";
import { access, constants, mkdir, rename } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const VERSION = "1.84.0";
const MODULE = `github.com/treeverse/lakefs@v${VERSION}`;
const run = promisify(execFile);

/** Throws with the reason where there is none and none can be built. */
export async function ensureLakefs({ log = console.log, build = true } = {}) {
  const endpoint = process.env.LAKEFS_TEST_ENDPOINT;
  if (endpoint)
    return { endpoint, lakefs: null, lakectl: await onPath("lakectl") };
  const installed = await onPath("lakefs");
  if (installed)
    return {
      endpoint: null,
      lakefs: installed,
      lakectl: await onPath("lakectl"),
    };
  const folder = join(
    homedir(),
    ".cache",
    "model-to-edge",
    `lakefs-v${VERSION}`,
  );
  const lakefs = join(folder, "lakefs");
  const lakectl = join(folder, "lakectl");
  if (!((await runs(lakefs)) && (await runs(lakectl)))) {
    if (!build)
      throw new Error(
        "no lakeFS server: run `node scripts/parts/lakefs.mjs` once, which builds one",
      );
    await buildWithGo({ lakefs, lakectl }, folder, log);
  }
  return { endpoint: null, lakefs, lakectl };
}

// lakeFS is built as the main module inside the module cache, so that its own go.mod, go.sum and replaces hold.
async function buildWithGo(programs, folder, log) {
  const go = await onPath("go");
  if (!go)
    throw new Error(
      "no lakeFS server: neither LAKEFS_TEST_ENDPOINT, nor lakefs, nor go on PATH",
    );
  log(`building lakeFS ${VERSION} with Go, once: 4 to 8 minutes on 2 cores`);
  const download = await run(go, ["mod", "download", "-json", MODULE], {
    maxBuffer: 1 << 24,
  }).catch((error) => {
    throw new Error(
      `go could not download ${MODULE}: ${error.stderr || error.message}`,
    );
  });
  const source = JSON.parse(download.stdout).Dir;
  const flags = `-s -w -X github.com/treeverse/lakefs/pkg/version.Version=${VERSION}`;
  await mkdir(folder, { recursive: true });
  for (const [name, target] of Object.entries(programs)) {
    const partial = `${target}.${process.pid}`;
    await build(
      go,
      ["build", "-trimpath", "-ldflags", flags, "-o", partial, `./cmd/${name}`],
      source,
    );
    await rename(partial, target);
    log(`built ${target}`);
  }
}

function build(go, args, cwd) {
  return new Promise((resolve, reject) => {
    // The module cache is read-only: lakeFS's own go.work or vendor folders of the caller must not interfere.
    const env = {
      ...process.env,
      CGO_ENABLED: "0",
      GOWORK: "off",
      GOFLAGS: "",
    };
    const child = spawn(go, args, {
      cwd,
      env,
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`go ${args.join(" ")} ended with ${code}`)),
    );
  });
}

async function onPath(name) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, name);
    if (folder && (await runs(file))) return file;
  }
  return null;
}

async function runs(file) {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await ensureLakefs().then((parts) =>
    console.log(parts.endpoint ?? parts.lakefs),
  );
