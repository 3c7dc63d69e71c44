// The real servers, engines and tools that the tests run against, made one after the other: side by side they starve.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { installPackages } from "./debian-packages.mjs";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { ensureLakefs } from "./lakefs.mjs";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { flyte, modelSigning, s3Server } from "./python-tools.mjs";

const log = (line) => console.log(`model-to-edge: ${line}`);
const DEBIAN = {
  bwrap: "bubblewrap",
  chromium: "chromium",
  rsync: "rsync",
  // Its package would start a server: only the program is wanted, which tinyproxy-bin holds.
  tinyproxy: "tinyproxy-bin",
  openssl: "openssl",
  // The tests of an installation without internet.
  skopeo: "skopeo",
  "docker-registry": "docker-registry",
  // The tests of the completion.
  zsh: "zsh",
  fish: "fish",
};

/** Those whose environments are small enough for every run of the tests. */
export const ENGINES = ["mmdeploy", "sklearn", "tensorflow"];

/** `{missing: [{part, reason}], env}`: what could not be had, and the environment for the tests. */
export async function prepareRealParts() {
  const missing = [];
  const env = { ...process.env };
  for (const [part, prepare] of [
    ["tools from Debian", debianTools],
    ["lakeFS server", () => ensureLakefs({ log })],
    ...ENGINES.map((name) => [`engine ${name}`, () => installEngine(name)]),
    ["OpenSSF's model-signing", signing],
    ["S3 server moto", motoServer],
    ["flytekit's ONNX plugins", flytePlugins],
  ]) {
    try {
      await prepare();
    } catch (error) {
      missing.push({ part, reason: error.message });
    }
  }
  return { missing, env };
}

async function debianTools() {
  const absent = Object.keys(DEBIAN).filter(
    (command) => spawnSync("which", [command]).status !== 0,
  );
  if (absent.length === 0) return;
  const packages = absent.map((command) => DEBIAN[command]);
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get"))
    throw new Error(
      `install ${packages.join(", ")} (apt-get install ${packages.join(" ")})`,
    );
  return installPackages(packages, log);
}

function signing() {
  if (modelSigning() === null) throw new Error("see above");
}

function motoServer() {
  if (s3Server() === null) throw new Error("see above");
}

function flytePlugins() {
  if (flyte() === null) throw new Error("see above");
}

function installEngine(name) {
  const { status } = spawnSync(
    process.execPath,
    ["dist/cli.js", "engine", "install", name],
    { stdio: "inherit" },
  );
  if (status !== 0)
    throw new Error(`model-to-edge engine install ${name} failed, see above`);
}
