// `npm run test:zoo`: every model of test/zoo/models.json through the product itself, and the table of docs/models.md.
import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { bootstrap, execute } from "./bootstrap.mjs";
import { cacheFolder } from "./parts/cache-folder.mjs";
import { readJson } from "./parts/zoo-files.mjs";
import {
  checkRows,
  recipeOf,
  rowsToRun,
  shardOf,
  withTable,
  // biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
} from "./parts/zoo-rows.mjs";
import { convertRow } from "./parts/zoo-run.mjs";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { zooTable } from "./parts/zoo-table.mjs";

const USAGE = `usage: node scripts/zoo.mjs [NAME…] [--shard I/N] [--again] [--table] [--out DIR]
  NAME…        only these rows of test/zoo/models.json
  --shard I/N  every N-th row, beginning with the I-th
  --again      also rows that have a finished result of the same recipe
  --table      run nothing, write docs/models.md from the results that are there
  --out DIR    where models, results and logs lie (default: zoo/ in the tool's cache)`;
const root = resolve(import.meta.dirname, "..");
const page = join(root, "docs/models.md");
const log = (line) => console.log(`zoo: ${line}`);

const { values, positionals } = parse();
const rows = checkRows(
  readJson(join(root, "test/zoo/models.json"))?.models ?? [],
);
const cache = resolve(values.out ?? join(cacheFolder(), "zoo"));
const resultFile = (row) => join(cache, "results", `${row.name}.json`);
const finished = (row) => readJson(resultFile(row));
process.exitCode = values.table ? writeTable() : await runAll();

function parse() {
  const options = {
    shard: { type: "string" },
    again: { type: "boolean" },
    table: { type: "boolean" },
    out: { type: "string" },
  };
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

async function runAll() {
  bootstrap();
  execute(process.execPath, ["dist/cli.js", "engine", "install", "mmdeploy"]);
  const python = pythonOfEngine();
  const maker = sources(
    "test/zoo",
    "components/mmdeploy/edge_mmdeploy/pictures.py",
  );
  const product = sources(
    "src",
    "components/mmdeploy",
    "components/_shared",
    "package-lock.json",
  );
  const recipe = (row) => recipeOf(row, [...maker, ...product]);
  const chosen = shardOf(selected(), values.shard);
  const todo = rowsToRun(chosen, {
    recipe,
    finished,
    again: values.again ?? false,
  });
  log(
    `${todo.length} of ${chosen.length} models to convert; results in ${cache}`,
  );
  let red = 0;
  for (const [index, row] of todo.entries()) {
    const [work, logs] = [join(cache, "work", row.name), join(cache, "logs")];
    const makerRecipe = recipeOf(row, maker);
    const result = await convertRow({
      row,
      recipe: recipe(row),
      makerRecipe,
      cache,
      work,
      logs,
      python,
      log,
      cwd: root,
    });
    mkdirSync(dirname(resultFile(row)), { recursive: true });
    writeFileSync(
      resultFile(row),
      `${JSON.stringify({ ...result, ...where() }, null, 2)}\n`,
    );
    const asKnown = matches(row, result);
    if (!asKnown) red += 1;
    log(
      `${index + 1}/${todo.length} ${row.name}: ${result.outcome}${asKnown ? "" : " (not as expected)"} ${result.reason}`,
    );
  }
  log(`${todo.length - red} as expected, ${red} not`);
  if (rows.every(finished)) writeTable();
  return red > 0 ? 1 : 0;
}

/** A row says so where it is known to fail, with the reason in docs/models.md. */
function matches(row, { outcome, validated_again: again }) {
  return (
    (again ?? "same") === "same" &&
    (row.expect ? outcome === row.expect : ["pass", "warn"].includes(outcome))
  );
}

function selected() {
  const unknown = positionals.filter(
    (name) => !rows.some((row) => row.name === name),
  );
  if (unknown.length > 0)
    throw new Error(`test/zoo/models.json has no row ${unknown.join(", ")}`);
  return positionals.length > 0
    ? rows.filter(({ name }) => positionals.includes(name))
    : rows;
}

/** What the page says of a result beside its numbers. */
function where() {
  const { stdout } = spawnSync("git", ["rev-parse", "--short", "HEAD"], {
    cwd: root,
    encoding: "utf8",
  });
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: stdout?.trim() || null,
    cores: availableParallelism(),
  };
}

function writeTable() {
  const results = new Map(rows.map((row) => [row.name, finished(row)]));
  writeFileSync(
    page,
    withTable(readFileSync(page, "utf8"), zooTable(rows, results)),
  );
  const missing = rows
    .filter(({ name }) => !results.get(name))
    .map(({ name }) => name);
  log(
    `docs/models.md is written${missing.length > 0 ? `; not run yet: ${missing.join(", ")}` : ""}`,
  );
  return missing.length > 0 ? 1 : 0;
}

function pythonOfEngine() {
  const listed = execFileSync(
    process.execPath,
    ["dist/cli.js", "engine", "list", "--json"],
    { cwd: root },
  );
  const python = JSON.parse(listed).find(
    ({ name }) => name === "mmdeploy",
  )?.python;
  if (!python)
    throw new Error(
      "the engine mmdeploy is not installed: node dist/cli.js engine install mmdeploy",
    );
  return python;
}

/** Names and contents of all files in folders (or of files), in a fixed order. */
function sources(...paths) {
  return paths.flatMap((path) => {
    const whole = join(root, path);
    const files = statSync(whole).isFile()
      ? [""]
      : readdirSync(whole, { recursive: true }).sort();
    return files
      .filter(
        (name) =>
          !/__pycache__|models\.json$|\.test\.ts$/.test(name) &&
          statSync(join(whole, name)).isFile(),
      )
      .flatMap((name) => [join(path, name), readFileSync(join(whole, name))]);
  });
}
