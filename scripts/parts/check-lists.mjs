// The documentation's table of checks and the names that `off` of
// conversion.yaml takes: both are made from the registry of checks.
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const REGISTRY = "src/validate/checks/registry.ts";
const PAGE = "docs/what-green-means.md";
const SCHEMA = "schemas/conversion-config.schema.json";
const [BEGIN, END] = ["<!-- checks: npm run build -->", "<!-- /checks -->"];
/** As wide as the formatter lets a line of JSON be. */
const LINE_WIDTH = 120;

/** Writes both lists in the repository at `root` where they are not up to date. */
export async function writeCheckLists(root) {
  const checks = await registeredChecks(root);
  await rewrite(join(root, PAGE), (text) => withTable(text, checks));
  await rewrite(join(root, SCHEMA), (text) => withNames(text, checks));
}

async function registeredChecks(root) {
  const outfile = join(root, "dist/check-registry.mjs");
  await build({
    entryPoints: [join(root, REGISTRY)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    // A check that loads the native library would load it into every command.
    external: ["onnxruntime-node"],
    packages: "external",
    logLevel: "warning",
  });

  const { CHECKS } = await import(pathToFileURL(outfile).href);
  await rm(outfile);

  return CHECKS;
}

function withTable(page, checks) {
  const rows = [
    ["check", "looks at", "asks"],
    ...checks.map(({ name, title, question }) => [name, title, question]),
  ];

  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column].length)),
  );

  const [head, ...body] = rows.map(
    (row) =>
      `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(" | ")} |`,
  );

  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const table = [BEGIN, "", head, rule, ...body, "", END].join("\n");

  return replaced(page, new RegExp(`${BEGIN}[\\s\\S]*${END}`), table);
}

function withNames(schema, checks) {
  const names = checks
    .filter(({ canBeSwitchedOff }) => canBeSwitchedOff)
    .map(({ name }) => JSON.stringify(name));

  return replaced(schema, OFF, (_, before, indent) => {
    const short = `"enum": [${names.join(", ")}]`;
    const list =
      indent.length + short.length <= LINE_WIDTH
        ? short
        : `"enum": [\n${names.map((name) => `${indent}  ${name}`).join(",\n")}\n${indent}]`;

    return `${before}${indent}${list}`;
  });
}

const OFF = /("off": \{[\s\S]*?"items": \{\n)( *)"enum": \[[^\]]*\]/;

function replaced(text, pattern, by) {
  if (!pattern.test(text)) throw new Error(`nothing matches ${pattern}`);
  return text.replace(pattern, by);
}

async function rewrite(path, change) {
  const text = await readFile(path, "utf8");
  const changed = change(text);
  if (changed !== text) await writeFile(path, changed);
}
