// Writes the table of a component's inputs into its page in docs/; with --check only says whether it is up to date.
import { readFileSync, writeFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

const BEGIN = "<!-- inputs: made by scripts/templates/inputs-table.mjs -->";
const END = "<!-- end of inputs -->";
const root = new URL("../../", import.meta.url);

function inputsTable(component) {
  const [header] = parseAllDocuments(component);
  const inputs = Object.entries(header.toJS().spec.inputs);
  const rows = inputs.map(([name, input]) => [
    `\`${name}\``,
    input.type ?? "string",
    shownDefault(name, input),
    meaning(input),
  ]);
  return aligned([["input", "type", "default", "meaning"], ...rows]);
}

/** A table as the formatter writes it. */
function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const [head, ...lines] = rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`);
  return [head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...lines].join("\n");
}

function shownDefault(name, { default: value }) {
  if (value === undefined) return "**needed**";
  if (name === "rules") return "see below";
  return value === "" ? "empty" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function meaning({ description, options }) {
  const choices = (options ?? []).filter((option) => option !== "").map((option) => `\`${option}\``);
  return description.replaceAll("|", "\\|") + (choices.length > 0 ? ` One of ${choices.join(", ")}.` : "");
}

function withTable(page, table) {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page needs the lines ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${page.slice(end)}`;
}

const page = new URL("docs/convert-template.md", root);
const before = readFileSync(page, "utf8");
const after = withTable(before, inputsTable(readFileSync(new URL("templates/convert.yml", root), "utf8")));
if (!process.argv.includes("--check")) writeFileSync(page, after);
else if (after !== before) {
  console.error("docs/convert-template.md is out of date: node scripts/templates/inputs-table.mjs");
  process.exitCode = 1;
}
