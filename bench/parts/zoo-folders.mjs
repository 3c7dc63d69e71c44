// Models of docs/models.md that scripts/zoo.mjs has converted: their folders in its cache.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../scripts/parts/cache-folder.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Names of all rows, in the page's order. */
export function zooNames() {
  const file = readFileSync(join(root, "test/zoo/models.json"), "utf8");
  return JSON.parse(file).models.map(({ name }) => name);
}

/** `{name, folder, evidence}` of a row; null where it was not converted. */
export function zooFolder(name) {
  const made = join(cacheFolder(), "zoo/work", name, "out/models", name);
  const [folder, evidence] = [join(made, "files"), join(made, "evidence")];
  return existsSync(join(folder, "end2end.onnx"))
    ? { name, folder, evidence }
    : null;
}

/** Converts rows that were not; minutes each. */
export function makeZoo(names) {
  const missing = names.filter((name) => zooFolder(name) === null);
  if (missing.length === 0) return;

  const words = [join(root, "scripts/zoo.mjs"), ...missing];
  try {
    execFileSync(process.execPath, words, { cwd: root, stdio: "inherit" });
  } catch (error) {
    // A row that is known not to convert ends it with 1: it has no folder, which is said.
    console.error(`zoo: ${error.message}`);
  }
}
