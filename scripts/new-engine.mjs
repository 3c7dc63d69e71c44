// npm run new-engine NAME [FOLDER]: a copy of components/_template that works
// at once. FOLDER is components/NAME, or any other: MODEL_TO_EDGE_ENGINES names it.
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const [name, folder] = process.argv.slice(2);
const problem = problemOf(name, folder);
if (problem) {
  console.error(problem);
  console.error("usage: npm run new-engine NAME [FOLDER]");
  process.exitCode = 2;
} else {
  console.log(makeEngine(name, targetOf(name, folder)));
}

/** Why there can be no such engine; null where there can. */
function problemOf(name, folder) {
  if (!/^[a-z][a-z0-9-]*$/.test(name ?? ""))
    return `${name ?? "no name"}: an engine's name is lower case, digits and dashes, and begins with a letter`;

  const target = targetOf(name, folder);
  return existsSync(target) ? `${target} is there already` : null;
}

function targetOf(name, folder) {
  return folder ? resolve(folder) : join(root, "components", name);
}

/** Copies the template; returns what to do next. */
function makeEngine(name, target) {
  const template = join(root, "components/_template");
  cpSync(template, target, {
    recursive: true,
    filter: (path) => !/__pycache__|\.[a-z]+_cache/.test(path),
  });

  replaceIn(join(target, "engine.json"), '"template"', `"${name}"`);
  const schema = join(target, "options.schema.json");
  replaceIn(schema, "template engine", `engine ${name}`);

  const inside = !relative(join(root, "components"), target).startsWith("..");
  const variable = inside ? "" : `MODEL_TO_EDGE_ENGINES=${target} `;
  return [
    `made ${target}: it converts models y = w * x + b`,
    `${variable}node dist/cli.js engine list`,
    `next: ${join(target, "README.md")}`,
  ].join("\n");
}

function replaceIn(file, before, after) {
  const text = readFileSync(file, "utf8");
  if (!text.includes(before)) throw new Error(`${file} does not say ${before}`);
  writeFileSync(file, text.replaceAll(before, after));
}
