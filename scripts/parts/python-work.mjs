// The pieces of work of python-checks.mjs. Each resolves to `{counts, output}`; `at` is `{folder, python, env}`.
import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
} from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";

const CHECKED = [
  "components",
  "test/python",
  "test/zoo",
  "test/mutations",
  ...["mmdeploy", "sklearn", "tensorflow", "flyte", "template", "torch"].map(
    (name) => `test/fixtures/${name}`,
  ),
];
const TESTS = "test/python";

/** ruff, and mypy for each engine, one after the other. */
export async function lintAndTypes({ folder, python, env }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const { run, output } = logged(join(folder, "lint.log"), python);
  const count = async (...asked) => {
    const isGood = (await run(...asked)) === 0;
    counts[isGood ? "passed" : "failed"] += 1;
  };

  for (const args of [["format", "--check"], ["check"]])
    await count(["-m", "ruff", ...args, ...CHECKED], { env });

  for (const engine of engineFolders())
    await count(
      [
        ...["-m", "mypy", "--config-file", "../pyproject.toml"],
        // One for all engines: what they share is read once.
        ...["--cache-dir", join(folder, "mypy")],
        ...["../_shared", "../_sandbox", "../_flytekit", "."],
      ],
      {
        // Not in components: a folder may have the name of the framework.
        cwd: join("components", engine),
        env: { ...env, MYPYPATH: "../_flytekit:demo" },
      },
    );

  return { counts, output: output() };
}

/**
 * All files of tests, `{name, files}`, each group for a pytest of its own: those that share the three conversions of
 * conftest.py, the other tables of broken models, and the rest. The first two take as long as the third.
 */
export function testGroups() {
  const groups = { converted: [], tables: [], rest: [] };
  const names = readdirSync(TESTS, { recursive: true }).filter((name) =>
    /(^|\/)test_[^/]*\.py$/.test(name),
  );
  for (const name of names.sort()) {
    const file = join(TESTS, name);
    groups[groupOf(readFileSync(file, "utf8"))].push(file);
  }

  return Object.entries(groups).map(([name, files]) => ({ name, files }));
}

function groupOf(text) {
  if (/\bconverted: dict\b/.test(text)) return "converted";
  return /\brun_table\b/.test(text) ? "tables" : "rest";
}

export async function testsOf({ name, files }, { folder, python, env }) {
  // Without files pytest would take all that it finds.
  if (files.length === 0) throw new Error(`no tests of Python are ${name}`);

  const file = join(folder, `pytest-${name}.xml`);
  const { run, output } = logged(join(folder, `pytest-${name}.log`), python);
  const exit = await run(
    [
      "-m",
      "pytest",
      "-q",
      "-p",
      "no:cacheprovider",
      ...files,
      `--junit-xml=${file}`,
    ],
    { env },
  );
  const found = existsSync(file) ? readFileSync(file, "utf8") : "";

  return { counts: countsOf(found, exit), output: output() };
}

/** Of pytest's file; a pytest that failed without a failed test is a failure too. */
function countsOf(text, exit) {
  const number = (name) =>
    Number(
      new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0,
    );
  const failed = number("failures") + number("errors");
  const skipped = number("skipped");

  return {
    failed: exit !== 0 && failed === 0 ? 1 : failed,
    skipped,
    passed: number("tests") - failed - skipped,
  };
}

/** `run` starts Python, whose output goes to the file, and resolves to the exit code; `output` is all of it, at the end. */
function logged(file, python) {
  const log = openSync(file, "w");

  return {
    run: (args, options) =>
      status(python, args, { ...options, stdio: ["ignore", log, log] }),
    output: () => {
      closeSync(log);
      return readFileSync(file, "utf8");
    },
  };
}

/** The exit code; null where it did not start, which was printed, or was killed. */
function status(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, options);
    child.once("error", (error) => {
      console.error(`model-to-edge: ${command}: ${error.message}`);
      resolve(null);
    });
    child.once("close", resolve);
    if (child.pid !== undefined)
      setPriority(child.pid, constants.priority.PRIORITY_LOW);
  });
}

/** Names in components/ of what can be an engine, its template too. */
function engineFolders() {
  return readdirSync("components").filter((name) =>
    existsSync(join("components", name, "engine.json")),
  );
}
