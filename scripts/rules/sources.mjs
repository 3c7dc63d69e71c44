// The files that the rules look at.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const FOLDERS = ["src", "test", "scripts", "bench", "components"];
const CODE = /\.(ts|mts|mjs|js|py|sh)$/;
const NOT_OURS = /(^|\/)(node_modules|dist|__pycache__|\.[^/]+)\//;

/** All code below a folder: path from there (with `/`) to text, sorted. */
export function readSources(root) {
  const paths = FOLDERS.flatMap((folder) => codeBelow(root, folder)).sort();
  return new Map(
    paths.map((path) => [path, readFileSync(join(root, path), "utf8")]),
  );
}

function codeBelow(root, folder) {
  const top = join(root, folder);
  if (!statSync(top, { throwIfNoEntry: false })?.isDirectory()) return [];

  return readdirSync(top, { recursive: true })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => CODE.test(path) && !NOT_OURS.test(path))
    .filter((path) => statSync(join(root, path)).isFile());
}

/** Line of a place in a text, from 1. */
export function lineAt(text, index) {
  return text.slice(0, index).split("\n").length;
}
