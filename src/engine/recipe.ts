import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { hashBytes } from "../disk/hash-file.ts";
import type { Engine } from "./catalogue.ts";
import { sharedPython } from "./scrubbed-env.ts";

// Neither code nor pins: a better sentence in a README, or another model to try it with, converts nothing again.
const NO_RECIPE =
  /(^|\/)(\.|README\.md$|Dockerfile$|flytekit\.json$)|\.pyc$|^demo\//;

/**
 * What the bytes of an engine's conversions depend on: pins, adapter, shared Python. sha256 in 64 hex, the same on every
 * machine: of relative paths and contents alone. `shared` is `sharedHash`, of this package.
 */
export function recipeHash({ folder }: Engine, shared: string): string {
  const adapter = hashFiles(folder, filesBelow(folder));
  return hashBytes(`recipe/1\n${adapter}\n${shared}\n`);
}

/** Of the Python that all engines share, in 64 hex. `root` is this package's folder. */
export function sharedHash(root: string): string {
  const folder = sharedPython(root);
  return hashFiles(folder, filesBelow(folder));
}

/** What an environment depends on: pins and install script. An edit of the adapter reinstalls nothing. sha256 in 64 hex. */
export function environmentHash({ folder, install }: Engine): string {
  const pins = install ? [install.script, ...install.inputs] : [];
  return hashFiles(folder, pins.sort());
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"),
    )
    .filter((path) => !NO_RECIPE.test(path))
    .sort();
}

/** Hundreds of files of a few kB: to wait for each of them took ten times the processor time of reading it. */
function hashFiles(folder: string, paths: readonly string[]): string {
  const lines = paths.map(
    (path) => `${hashBytes(readFileSync(join(folder, path)))}  ${path}\n`,
  );

  return hashBytes(lines.join(""));
}
