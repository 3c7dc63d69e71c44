// What `npm test` does with Python: ruff, mypy for each engine, and pytest.
import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
} from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { pythonTools } from "./python-tools.mjs";

const CHECKED = [
  "components",
  "test/python",
  "test/zoo",
  "test/mutations",
  ...["mmdeploy", "sklearn", "tensorflow", "flyte", "template", "torch"].map(
    (name) => `test/fixtures/${name}`,
  ),
];

/**
 * Starts all of it, one after the other and behind whatever else wants the processors, so that it takes what the tests
 * beside it leave idle. `folder` is for its files. Resolves to `{counts, output}`, with the commands' whole output;
 * null if there is no Python for it, which was printed.
 */
export async function pythonChecks(folder, env) {
  const tools = pythonTools();
  if (!tools) return null;
  const file = join(folder, "pytest.xml");
  const log = join(folder, "python.log");
  // Nothing is written into the tree, which tests beside it copy.
  const inside = {
    ...env,
    ...enginePython(),
    PYTHONDONTWRITEBYTECODE: "1",
    RUFF_NO_CACHE: "true",
  };
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const output = openSync(log, "w");
  const run = (args, options = {}) =>
    status(tools.python, args, {
      env: inside,
      stdio: ["ignore", output, output],
      ...options,
    });

  for (const args of [["format", "--check"], ["check"]]) {
    const checked = await run(["-m", "ruff", ...args, ...CHECKED]);
    counts[checked === 0 ? "passed" : "failed"] += 1;
  }

  for (const engine of engineFolders()) {
    const typed = await run(
      [
        ...["-m", "mypy", "--config-file", "../pyproject.toml"],
        // One for all engines: what they share is read once.
        ...["--cache-dir", join(folder, "mypy")],
        ...["../_shared", "../_sandbox", "../_flytekit", "."],
      ],
      {
        // Not in components: a folder may have the name of the framework.
        cwd: join("components", engine),
        env: { ...inside, MYPYPATH: "../_flytekit:demo" },
      },
    );
    counts[typed === 0 ? "passed" : "failed"] += 1;
  }

  const tested = await run([
    ...["-m", "pytest", "-q", "-p", "no:cacheprovider"],
    ...["test/python", `--junit-xml=${file}`],
  ]);
  closeSync(output);
  const found = existsSync(file) ? readFileSync(file, "utf8") : "";

  return {
    counts: addPytest(counts, found, tested),
    output: readFileSync(log, "utf8"),
  };
}

/** `counts` with those of pytest's file; a pytest that failed without a failed test is a failure too. */
function addPytest(counts, text, exit) {
  const number = (name) =>
    Number(
      new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0,
    );
  const failed = number("failures") + number("errors");

  return {
    failed: counts.failed + (exit !== 0 && failed === 0 ? 1 : failed),
    skipped: counts.skipped + number("skipped"),
    passed: counts.passed + number("tests") - failed - number("skipped"),
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

/** Asked once and before: the tests beside build `dist/` again. */
function enginePython() {
  const { status: exit, stdout } = spawnSync(
    process.execPath,
    ["dist/cli.js", "engine", "list", "--json"],
    { encoding: "utf8" },
  );
  const listed = exit === 0 ? JSON.parse(stdout) : [];
  const python = listed.find(({ name }) => name === "mmdeploy")?.python;

  return python ? { MODEL_TO_EDGE_ENGINE_PYTHON_MMDEPLOY: python } : {};
}

/** Names in components/ of what can be an engine, its template too. */
function engineFolders() {
  return readdirSync("components").filter((name) =>
    existsSync(join("components", name, "engine.json")),
  );
}
