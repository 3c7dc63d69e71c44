import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Engine } from "./catalogue.ts";
import { sharedPython } from "./scrubbed-env.ts";

/** sha256 in 64 hex each. */
export interface RecipeHashes {
  /** What the bytes of a conversion depend on: pins, adapter, shared Python. */
  exec: string;
  /** What an environment depends on: pins and install script. An edit of the adapter reinstalls nothing. */
  environment: string;
}

// Neither code nor pins: a better sentence in a README, or another model to try it with, converts nothing again.
const NO_RECIPE =
  /(^|\/)(\.|README\.md$|Dockerfile$|flytekit\.json$)|\.pyc$|^demo\//;

/** The same on every machine: of relative paths and contents alone. `root` is this package's folder. */
export async function recipeHashes(
  engine: Engine,
  root: string,
): Promise<RecipeHashes> {
  const shared = sharedPython(root);
  const pins = engine.install
    ? [engine.install.script, ...engine.install.inputs]
    : [];

  const adapter = await hashFiles(
    engine.folder,
    await filesBelow(engine.folder),
  );
  const common = await hashFiles(shared, await filesBelow(shared));
  const environment = await hashFiles(engine.folder, pins.sort());

  return { exec: sha256(`recipe/1\n${adapter}\n${common}\n`), environment };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"),
    )
    .filter((path) => !NO_RECIPE.test(path))
    .sort();
}

/** One file after the other: all at once would need as many open files. */
async function hashFiles(folder: string, paths: string[]): Promise<string> {
  const lines: string[] = [];
  for (const path of paths)
    lines.push(`${sha256(await readFile(join(folder, path)))}  ${path}\n`);

  return sha256(lines.join(""));
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
