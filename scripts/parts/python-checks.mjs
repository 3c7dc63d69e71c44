// What `npm test` does with Python: ruff, mypy for each engine, and pytest.
import { spawnSync } from "node:child_process";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { pythonTools } from "./python-tools.mjs";
import { lintAndTypes, testGroups, testsOf } from "./python-work.mjs";

/** As many as the cores of a CI job: when the tests beside these have ended, none is to be idle. */
const LANES = 2;

/**
 * Starts all of it, behind whatever else wants the processors, so that it takes what the tests beside it leave idle.
 * `folder` is for its files. Resolves to `{counts, output}`, with the commands' whole output; null if there is no
 * Python for it, which was printed.
 */
export async function pythonChecks(folder, env) {
  const tools = pythonTools();
  if (!tools) return null;

  const at = {
    folder,
    python: tools.python,
    // Nothing is written into the tree, which tests beside it copy.
    env: {
      ...env,
      ...enginePython(),
      PYTHONDONTWRITEBYTECODE: "1",
      // As src/engine/scrubbed-env.ts: threads that spin would take the time of the tests beside.
      OMP_WAIT_POLICY: "PASSIVE",
      OPENBLAS_THREAD_TIMEOUT: "4",
      RUFF_NO_CACHE: "true",
    },
  };
  const waiting = [
    ...testGroups().map((group) => () => testsOf(group, at)),
    () => lintAndTypes(at),
  ];
  const done = [];
  const lane = async () => {
    for (let work = waiting.shift(); work; work = waiting.shift())
      done.push(await work());
  };
  await Promise.all(Array.from({ length: LANES }, lane));

  return {
    counts: sumOf(done.map(({ counts }) => counts)),
    output: done.map(({ output }) => output).join(""),
  };
}

function sumOf(all) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const counts of all)
    for (const name of Object.keys(sum)) sum[name] += counts[name];

  return sum;
}

/** Asked once and before: the tests beside build `dist/` again. */
function enginePython() {
  const { status, stdout } = spawnSync(
    process.execPath,
    ["dist/cli.js", "engine", "list", "--json"],
    { encoding: "utf8" },
  );
  const listed = status === 0 ? JSON.parse(stdout) : [];
  const python = listed.find(({ name }) => name === "mmdeploy")?.python;

  return python ? { MODEL_TO_EDGE_ENGINE_PYTHON_MMDEPLOY: python } : {};
}
