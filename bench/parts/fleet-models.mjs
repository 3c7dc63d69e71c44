// The models of a fleet, whatever store they lie in: all are the first one, under other names.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measured } from "./watch-process.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(root, "dist/cli.js");

/** Name of the model that is really converted, and where its inputs lie. */
export const FIRST = "scale";
export const FIRST_FOLDER = join(
  root,
  "test/fixtures/consumer/store/main/model",
  FIRST,
);

export const fleetEnv = {
  MODEL_TO_EDGE_ENGINES: join(root, "test/fixtures/engines/toy"),
};

/** Runs a command of the toy engine on a fleet's store: what `measured` says of it. */
export function fleetCommand({ url, env }, words, more = {}) {
  return measured(
    process.execPath,
    [cli, ...words, "--store", url, "--engine", "toy"],
    { ...fleetEnv, ...env, ...more },
  );
}

/** Converts and publishes what lies on a branch. */
export function convertFirst(fleet, branch) {
  const out = join(fleet.out, "first");
  return fleetCommand(fleet, [
    ...["run", "--model-branch", branch, "--out", out],
    ...["--isolation", "none"],
  ]);
}

/** Names of `count` models. */
export function namesOf(count) {
  return Array.from(
    { length: count },
    (_, index) => `m${String(index).padStart(5, "0")}`,
  );
}

/**
 * The first model's manifest (bytes) as that of another name: it says whose it is, where its files lie, and which inputs
 * it is for. `tokenOf`: how the store knows an input.
 */
export function renamedManifest(bytes, name, tokenOf) {
  const text = bytes
    .toString("utf8")
    .replaceAll(`/${FIRST}/`, `/${name}/`)
    .replaceAll(`"name": "${FIRST}"`, `"name": "${name}"`);
  const manifest = JSON.parse(text);
  for (const input of manifest.inputs) input.token = tokenOf(input);

  return `${JSON.stringify(manifest, null, 2)}\n`;
}
