// npm run package [-- FOLDER]: model-to-edge-VERSION.tgz, which `npm i -g FILE` installs without network and without scripts.
//
// `npm pack` alone leaves ONNX Runtime to npm, whose package fetches GPU libraries from nuget when it is installed, which
// nobody needs here and no closed network allows. So the runtime lies in this file, for Linux, without that script.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const RUNTIME = ["onnxruntime-node", "onnxruntime-common"];

/** Packs the built checkout `root` into `folder`; gives the file's path. Throws where npm fails. */
export function makePackage(root, folder) {
  const work = mkdtempSync(join(tmpdir(), "model-to-edge-package-"));
  try {
    const [packed] = npmPack(root, work, "--ignore-scripts");
    execFileSync("tar", ["-xzf", join(work, packed), "-C", work]);

    const staged = join(work, "package");
    for (const name of RUNTIME)
      copyRuntime(join(root, "node_modules", name), staged, name);
    edit(join(staged, "package.json"), ({ devDependencies: _d, ...rest }) => ({
      ...rest,
      scripts: {},
      dependencies: Object.fromEntries(
        RUNTIME.map((name) => [name, versionOf(staged, name)]),
      ),
      bundleDependencies: RUNTIME,
    }));

    mkdirSync(folder, { recursive: true });
    const [file] = npmPack(staged, resolve(folder));
    return join(resolve(folder), file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Names of the files that `npm pack` made. */
function npmPack(cwd, folder, ...words) {
  const args = ["pack", "--silent", "--pack-destination", folder, ...words];
  return execFileSync("npm", args, { cwd, encoding: "utf8" })
    .trim()
    .split("\n")
    .slice(-1);
}

/** Without the libraries of other systems, and without what only the install script needs. */
function copyRuntime(from, staged, name) {
  const to = join(staged, "node_modules", name);
  cpSync(from, to, {
    recursive: true,
    dereference: true,
    filter: (path) =>
      !/\/(napi-v6\/(darwin|win32)|onnxruntime-node\/script|node_modules\/[^/]+\/node_modules)(\/|$)/.test(
        path,
      ),
  });
  edit(join(to, "package.json"), ({ scripts: _s, ...rest }) => ({
    ...rest,
    dependencies: Object.fromEntries(
      Object.entries(rest.dependencies ?? {}).filter(([each]) =>
        RUNTIME.includes(each),
      ),
    ),
  }));
}

function versionOf(staged, name) {
  const file = join(staged, "node_modules", name, "package.json");
  return JSON.parse(readFileSync(file, "utf8")).version;
}

function edit(file, change) {
  const data = change(JSON.parse(readFileSync(file, "utf8")));
  writeFileSync(file, `${JSON.stringify(data, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  console.log(makePackage(root, process.argv[2] ?? "."));
}
