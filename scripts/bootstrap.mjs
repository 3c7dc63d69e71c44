// Makes a fresh clone ready: dependencies, build. Runs before `npm ci`, so it uses nothing but Node.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { nodeWords, runsOn } from "./parts/node-version.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a command in the repository; its output is shown; throws with the command's name when it fails. */
export function execute(command, args, env = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (result.status !== 0) {
    console.error(
      `\n${command} ${args.join(" ")} ended with ${result.status ?? result.signal}`,
    );
    process.exit(result.status ?? 1);
  }
}

/** Dependencies and build, each only when something changed since. */
export function bootstrap() {
  checkNode();
  const lock = hash([
    join(root, "package-lock.json"),
    join(root, "package.json"),
  ]);
  // `npm ci` would empty the folder behind the link, which other work trees use.
  if (
    lstatSync(join(root, "node_modules"), {
      throwIfNoEntry: false,
    })?.isSymbolicLink()
  )
    console.log(
      "model-to-edge: node_modules is a link: its dependencies are taken as they are",
    );
  else
    once(
      "node_modules/.model-to-edge-lock",
      lock,
      "installing dependencies with npm ci (about 1 minute)",
      () =>
        // The runtime's install script would fetch GPU libraries, which are not needed and fail without network.
        execute("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
          ONNXRUNTIME_NODE_INSTALL: "skip",
        }),
    );
  const sources = hash([
    ...filesBelow(join(root, "src")),
    join(root, "scripts/build.mjs"),
    join(root, "package-lock.json"),
  ]);
  once(
    "dist/.model-to-edge-sources",
    sources,
    "building dist/ (a few seconds)",
    () => execute(process.execPath, ["scripts/build.mjs"]),
  );
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, "package.json")));
  if (runsOn(engines.node, process.versions.node)) return;
  console.error(
    `model-to-edge needs Node ${nodeWords(engines.node)}, this is ${process.versions.node}`,
  );
  process.exit(2);
}

function once(stampFile, state, title, work) {
  const stamp = join(root, stampFile);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === state) return;
  console.log(`model-to-edge: ${title}`);
  work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, state);
}

function hash(files) {
  const sum = createHash("sha256");
  for (const file of files)
    sum
      .update(file.slice(root.length))
      .update("\0")
      .update(readFileSync(file))
      .update("\0");
  return sum.digest("hex");
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) bootstrap();
