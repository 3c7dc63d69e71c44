// Writes the tables of docs/ that say what a template or the command line takes; with --check only says whether they are up to date.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { parseAllDocuments } from "yaml";
import { inGroups } from "./input-groups.mjs";

const BEGIN = "<!-- table made by scripts/templates/doc-tables.mjs -->";
const END = "<!-- end of table -->";
const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");

function inputsTables(template) {
  const [header] = parseAllDocuments(read(`templates/${template}`));
  const { inputs } = header.toJS().spec;
  const rowOf = (name) => [
    `\`${name}\``,
    inputs[name].type ?? "string",
    shownDefault(name, inputs[name]),
    withChoices(inputs[name].description, inputs[name].options),
  ];
  const head = ["input", "type", "default", "meaning"];

  return inGroups(Object.keys(inputs))
    .map(
      ([title, names]) =>
        `### ${title}\n\n${aligned([head, ...names.map(rowOf)])}`,
    )
    .join("\n\n");
}

function shownDefault(name, { default: value }) {
  if (value === undefined) return "**needed**";
  if (name === "rules") return "see below";
  return value === ""
    ? "empty"
    : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

async function optionsTable() {
  const entry = {
    entryPoints: [new URL("src/config/options.ts", root).pathname],
    format: "esm",
    write: false,
  };
  const { outputFiles } = await build({
    ...entry,
    bundle: true,
    platform: "node",
  });
  const module = `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`;
  const { RUN_OPTIONS } = await import(module);
  const rows = RUN_OPTIONS.map(
    ({ name, value, default: fallback, description, choices }) => [
      `\`--${name}${value ? ` ${value}` : ""}\``,
      fallback ? `\`${fallback}\`` : "",
      withChoices(description, choices),
    ],
  );
  return aligned([["flag", "default", "meaning"], ...rows]);
}

function withChoices(description, options = []) {
  const choices = options
    .filter((option) => option !== "")
    .map((option) => `\`${option}\``);
  const sentence = description.endsWith(".") ? description : `${description}.`;
  return (
    sentence.replaceAll("|", "\\|") +
    (choices.length > 0 ? ` One of ${choices.join(", ")}.` : "")
  );
}

/** A table as the formatter writes it. */
function aligned(rows) {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((row) => row[column].length)),
  );
  const [head, ...lines] = rows.map(
    (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`,
  );
  return [
    head,
    `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`,
    ...lines,
  ].join("\n");
}

function withTable(page, table) {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Error(`the page needs the lines ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${page.slice(end)}`;
}

const pages = readdirSync(new URL("templates", root)).map((name) => [
  `docs/${name.replace(".yml", "-template.md")}`,
  inputsTables(name),
]);
const tables = {
  ...Object.fromEntries(pages),
  "docs/command-line.md": await optionsTable(),
};
for (const [page, table] of Object.entries(tables)) {
  const before = read(page);
  const after = withTable(before, table);
  if (!process.argv.includes("--check"))
    writeFileSync(new URL(page, root), after);
  else if (after !== before) {
    console.error(
      `${page} is out of date: node scripts/templates/doc-tables.mjs`,
    );
    process.exitCode = 1;
  }
}
