// The table of docs/models.md, from the rows and their results.
const MEGABYTE = 1e6;
const HEAD = [
  "model",
  "codebase's configuration",
  "run",
  "verdict",
  "fixed, and why",
  "opset",
  "ONNX MB",
  "CPU s",
  "worst error / noise (of what is allowed)",
  "in one line",
];

/** rows: those of models.json. results: by name, or null where a row was not run. Markdown: where they ran, a table. */
export function zooTable(rows, results) {
  const table = aligned([
    HEAD,
    ...rows.map((row) => line(row, results.get(row.name) ?? null)),
  ]);
  return `${ranText([...results.values()].filter(Boolean))}\n\n${table}`;
}

function ranText(results) {
  const all = (pick) =>
    [...new Set(results.map(pick).filter(Boolean))].sort().join(", ");
  const packages = results.find((result) => result.packages)?.packages ?? {};
  const versions = Object.entries(packages).map(
    ([name, version]) => `${name} ${version}`,
  );
  return `On ${all(({ cores }) => cores)} shared cores, no GPU, with ${versions.join(", ")}.`;
}

function line(row, result) {
  const config = `${row.codebase} \`${row.config.replace(/\.py$/, "")}\`${optionsText(row)}`;
  if (!result) return [row.name, config, "", "not run", ...Array(6).fill("")];
  return [
    row.name,
    config,
    [result.date, result.commit].filter(Boolean).join(" "),
    result.outcome,
    result.fixed ? fixedText(result.fixed) : "",
    String(result.opset ?? ""),
    result.bytes
      ? (result.bytes / MEGABYTE).toFixed(result.bytes < 1e7 ? 1 : 0)
      : "",
    cpuText(result),
    errorText(result.outputs ?? []),
    oneLine(row.note ?? (result.outcome === "pass" ? "" : result.reason)),
  ];
}

/** Axes of the input that `dynamic: auto` fixed, by the reason for it. */
function fixedText(fixed) {
  const reasons = [...new Set(Object.values(fixed))];
  const axesOf = (why) =>
    Object.keys(fixed).filter((axis) => fixed[axis] === why);
  return oneLine(
    reasons.map((why) => `${axesOf(why).join(", ")}: ${why}`).join("; "),
  );
}

/** CPU seconds of the whole run, and of validation alone. */
function cpuText({ cpu_seconds: run, validate_cpu_seconds: validate }) {
  return [run, validate]
    .filter((seconds) => seconds != null)
    .map(Math.round)
    .join(" / ");
}

/** What a row changes in the configuration, and the options of its conversion. */
function optionsText({ options, set }) {
  const changed = Object.entries(set ?? {}).map(([key, value]) => [
    key.replace(/^model\./, ""),
    value,
  ]);
  const text = [...changed, ...Object.entries(options ?? {})].map(
    ([name, value]) => `${name}: ${shown(value)}`,
  );
  return text.length > 0 ? `, ${text.join(", ")}` : "";
}

/** A whole configuration is too long for a table; test/zoo/models.json has it. */
function shown(value) {
  return typeof value === "object" && !Array.isArray(value)
    ? "its own"
    : JSON.stringify(value);
}

/** The output that is nearest to what is allowed; whole numbers have no error. */
function errorText(outputs) {
  const numbers = outputs.filter(({ ratio }) => ratio != null);
  const worst = numbers.reduce(
    (a, b) => (a && a.ratio >= b.ratio ? a : b),
    null,
  );
  if (!worst)
    return outputs.some(({ rule }) => rule === "exact") ? "equal" : "";
  return `\`${worst.name}\` ${short(worst.error)} / ${short(worst.noise)} (${Math.max(1, Math.round(worst.ratio * 100))} %)`;
}

function short(value) {
  return value == null
    ? "–"
    : value === 0
      ? "0"
      : Number(value).toExponential(1);
}

function oneLine(text) {
  const flat = text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").trim();
  return flat.length > 220 ? `${flat.slice(0, 217)}…` : flat;
}

/** A table as the formatter writes it. */
function aligned(lines) {
  const widths = lines[0].map((_, column) =>
    Math.max(...lines.map((cells) => cells[column].length)),
  );
  const [head, ...others] = lines.map(
    (cells) =>
      `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`,
  );
  return [
    head,
    `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`,
    ...others,
  ].join("\n");
}
