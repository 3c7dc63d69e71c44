// Gets a real lakeFS for the tests: a running server, one on PATH, the cached binary, or one built with Go.
// Plain JavaScript with built-ins only: it runs before `npm ci`. By hand: node scripts/parts/lakefs.mjs
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { cacheFolder } from "./cache-folder.mjs";

const BUILD = fileURLToPath(new URL("build-lakefs.sh", import.meta.url));
const [, VERSION] = /^version=(.+)$/m.exec(readFileSync(BUILD, "utf8"));

/** Throws with the reason where there is none and none can be built. */
export async function ensureLakefs({ log = console.log, build = true } = {}) {
  const endpoint = process.env.LAKEFS_TEST_ENDPOINT;
  if (endpoint)
    return {
      endpoint,
      lakefs: null,
      lakectl: await onPath("lakectl"),
      acl: null,
    };
  const installed = await onPath("lakefs");
  if (installed)
    return {
      endpoint: null,
      lakefs: installed,
      lakectl: await onPath("lakectl"),
      acl: await onPath("lakefs-acl"),
    };
  const folder = join(cacheFolder(), `lakefs-v${VERSION}`);
  const lakefs = join(folder, "lakefs");
  const lakectl = join(folder, "lakectl");
  const acl = join(folder, "lakefs-acl");
  const isThere = (await runs(lakefs)) && (await runs(lakectl));
  if (!isThere || (build && !(await runs(acl)))) {
    if (!build)
      throw new Error(
        "no lakeFS server: run `node scripts/parts/lakefs.mjs` once, which builds one",
      );
    await buildWithGo(log);
  }
  return {
    endpoint: null,
    lakefs,
    lakectl,
    acl: (await runs(acl)) ? acl : null,
  };
}

async function buildWithGo(log) {
  if (!(await onPath("go")))
    throw new Error(
      "no lakeFS server: neither LAKEFS_TEST_ENDPOINT, nor lakefs, nor go on PATH",
    );
  log(`building lakeFS ${VERSION} with Go, once: 4 to 8 minutes on 2 cores`);

  await new Promise((resolve, reject) => {
    const child = spawn("sh", [BUILD, cacheFolder()], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`building lakeFS ended with ${code}`)),
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
