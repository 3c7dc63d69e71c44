// `npm test`: sets up all that the tests need, runs them, and ends with `N passed, N failed, N skipped`.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { pythonChecks } from "./parts/python-checks.mjs";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { prepareRealParts } from "./parts/real-parts.mjs";

const required = process.env.MODEL_TO_EDGE_TEST_REAL === "required";
const started = Date.now();
console.log(
  "model-to-edge: all tests. The first run makes what they need: a lakeFS server (4 to 7 minutes) and the engine's\n" +
    "environment (3 to 6 minutes); afterwards they are cached, and the tests take up to 45 minutes on 2 cores.",
);
bootstrap();
const { missing, env } = await prepareRealParts();
for (const { part, reason } of missing)
  console.log(
    `model-to-edge: ${required ? "missing" : "skipped"}: ${part}: ${reason}`,
  );

const counts = { passed: 0, failed: required ? missing.length : 0, skipped: 0 };
const folder = mkdtempSync(join(tmpdir(), "model-to-edge-test-"));
const only = process.argv.slice(2);
try {
  // Vitest's tests often wait for something else than the processor: Python's take what they leave of it.
  const [tested, checked] = await Promise.all([
    runVitest(),
    only.length > 0 ? "left out" : pythonChecks(folder, env),
  ]);
  add(tested);
  if (checked !== "left out") addPython(checked);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`model-to-edge: ${Math.round((Date.now() - started) / 1000)} s`);
console.log(
  `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
);
process.exitCode = counts.failed > 0 ? 1 : 0;

function add(more) {
  for (const name of Object.keys(counts)) counts[name] += more[name];
}

function addPython(checked) {
  if (checked === null) counts[required ? "failed" : "skipped"] += 1;
  else {
    process.stdout.write(checked.output);
    add(checked.counts);
  }
}

async function runVitest() {
  const file = join(folder, "vitest.json");
  const args = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ];
  const status = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, ...only], {
      stdio: "inherit",
      env,
    });
    child.once("error", reject);
    child.once("close", resolve);
  });
  const result = readJson(file);
  // A file that cannot even be loaded has no tests to count.
  const broken = result?.testResults.filter(
    (tested) =>
      tested.status === "failed" && tested.assertionResults.length === 0,
  ).length;
  const failed = (result?.numFailedTests ?? 0) + (broken ?? 0);

  return {
    passed: result?.numPassedTests ?? 0,
    skipped: (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0),
    failed: status !== 0 && failed === 0 ? 1 : failed,
  };
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}
