// `npm test`: sets up all that the tests need, runs them, and ends with `N passed, N failed, N skipped`.
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { pythonTools } from "./parts/python-tools.mjs";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { prepareRealParts } from "./parts/real-parts.mjs";

const required = process.env.MODEL_TO_EDGE_TEST_REAL === "required";
const started = Date.now();
console.log(
  "model-to-edge: all tests. The first run makes what they need: a lakeFS server (4 to 7 minutes) and the engine's\n" +
    "environment (3 to 6 minutes); afterwards they are cached, and the tests take about 10 minutes on 2 cores.",
);
bootstrap();
const { missing, env } = await prepareRealParts();
for (const { part, reason } of missing)
  console.log(
    `model-to-edge: ${required ? "missing" : "skipped"}: ${part}: ${reason}`,
  );

const counts = { passed: 0, failed: required ? missing.length : 0, skipped: 0 };
const folder = mkdtempSync(join(tmpdir(), "model-to-edge-test-"));
try {
  runVitest();
  runPytest();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`model-to-edge: ${Math.round((Date.now() - started) / 1000)} s`);
console.log(
  `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
);
process.exitCode = counts.failed > 0 ? 1 : 0;

function runVitest() {
  const file = join(folder, "vitest.json");
  const args = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ];
  const { status } = spawnSync(
    process.execPath,
    [...args, ...process.argv.slice(2)],
    { stdio: "inherit", env },
  );
  const result = readJson(file);
  // A file that cannot even be loaded has no tests to count.
  const broken = result?.testResults.filter(
    (one) => one.status === "failed" && one.assertionResults.length === 0,
  ).length;
  counts.passed += result?.numPassedTests ?? 0;
  counts.skipped +=
    (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);
  const failed = (result?.numFailedTests ?? 0) + (broken ?? 0);
  counts.failed += status !== 0 && failed === 0 ? 1 : failed;
}

function runPytest() {
  if (process.argv.length > 2) return;
  const tools = pythonTools();
  if (!tools) {
    counts[required ? "failed" : "skipped"] += 1;
    return;
  }
  for (const args of [
    [
      "-m",
      "ruff",
      "format",
      "--check",
      "components",
      "test/python",
      "test/zoo",
      "test/mutations",
      "test/fixtures/mmdeploy",
      "test/fixtures/sklearn",
      "test/fixtures/tensorflow",
      "test/fixtures/flyte",
      "test/fixtures/template",
      "test/fixtures/torch",
    ],
    [
      "-m",
      "ruff",
      "check",
      "components",
      "test/python",
      "test/zoo",
      "test/mutations",
      "test/fixtures/mmdeploy",
      "test/fixtures/sklearn",
      "test/fixtures/tensorflow",
      "test/fixtures/flyte",
      "test/fixtures/template",
      "test/fixtures/torch",
    ],
  ]) {
    const { status } = spawnSync(tools.python, args, { stdio: "inherit" });
    counts[status === 0 ? "passed" : "failed"] += 1;
  }
  for (const engine of engineFolders()) {
    const typed = spawnSync(
      tools.python,
      [
        ...["-m", "mypy", "--config-file", "../pyproject.toml"],
        ...["../_shared", "../_sandbox", "../_flytekit", "."],
      ],
      {
        // Not in components: a folder may have the name of the framework.
        cwd: join("components", engine),
        stdio: "inherit",
        env: { ...env, MYPYPATH: "../_flytekit:demo" },
      },
    );
    counts[typed.status === 0 ? "passed" : "failed"] += 1;
  }
  const file = join(folder, "pytest.xml");
  const { status } = spawnSync(
    tools.python,
    ["-m", "pytest", "-q", "test/python", `--junit-xml=${file}`],
    {
      stdio: "inherit",
      env,
    },
  );
  const text = readText(file) ?? "";
  const number = (name) =>
    Number(
      new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0,
    );
  const failed = number("failures") + number("errors");
  counts.failed += status !== 0 && failed === 0 ? 1 : failed;
  counts.skipped += number("skipped");
  counts.passed += number("tests") - failed - number("skipped");
}

/** Names in components/ of what can be an engine, its template too. */
function engineFolders() {
  return readdirSync("components").filter((name) =>
    existsSync(join("components", name, "engine.json")),
  );
}

function readJson(file) {
  const text = readText(file);
  return text === null ? null : JSON.parse(text);
}

function readText(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
