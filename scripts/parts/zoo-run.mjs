// One model of the zoo through the product itself: made, converted from a store in a folder, and validated once more.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bounded } from "./zoo-bounded.mjs";
import { readJson } from "./zoo-files.mjs";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { resultOf } from "./zoo-rows.mjs";

const CLI = join(import.meta.dirname, "../../dist/cli.js");
const MAKER = join(import.meta.dirname, "../../test/zoo/make_zoo_model.py");

/** `{row, recipe, makerRecipe, cache, work, python, log}` to a result that can be kept. Never throws for a bad model. */
export async function convertRow(setup) {
  const { row, work } = setup;
  const made = join(setup.cache, "models", `${row.name}-${setup.makerRecipe}`);
  const seconds = stopwatch();
  if (!existsSync(made)) {
    const problem = await makeModel(setup, made);
    if (problem)
      return {
        name: row.name,
        recipe: setup.recipe,
        outcome: "not made",
        reason: problem,
      };
  }
  rmSync(work, { recursive: true, force: true });
  const model = join(work, "store/main/model", row.name);
  mkdirSync(model, { recursive: true });
  cpSync(made, model, { recursive: true });
  const own = {
    mmdeploy: row.options ?? {},
    ...(row.allow ? { allow: row.allow } : {}),
  };
  // JSON is YAML.
  writeFileSync(
    join(work, "conversion.yaml"),
    JSON.stringify({ version: 1, models: { [row.name]: own } }),
  );
  const out = join(work, "out");
  const store = pathToFileURL(join(work, "store")).href;
  const flags = [
    "--store",
    store,
    "--model-branch",
    "main",
    "--out",
    out,
    "--config",
    join(work, "conversion.yaml"),
  ];
  const args = [CLI, "run", ...flags, "--engine", "mmdeploy"];
  const program = { command: process.execPath, args };
  const run = await bounded(program, "run", setup);
  const folder = join(out, "models", row.name);
  const conversion = readJson(join(folder, "conversion.json"));
  const verdict = readJson(join(folder, "verdict.json"));
  if (!conversion)
    return {
      name: row.name,
      recipe: setup.recipe,
      outcome: "not run",
      reason: run.problem ?? run.tail,
    };
  const again = verdict ? await validateAgain(folder, verdict, setup) : {};
  const opset = readJson(join(folder, "files/contract.json"))?.opset ?? null;
  return resultOf(row, setup.recipe, {
    conversion,
    verdict,
    again: again.said,
    validate_cpu: again.cpu,
    opset,
    peak: run.peak,
    cpu: run.cpu,
    seconds: seconds(),
  });
}

async function makeModel(setup, made) {
  const partial = `${made}.partial`;
  rmSync(partial, { recursive: true, force: true });
  forgetOlder(setup, made);
  const args = ["-W", "ignore", MAKER, setup.row.name, partial];
  const program = { command: setup.python, args };
  const { code, problem, tail } = await bounded(program, "make", setup);
  if (code !== 0) return problem ?? tail;
  renameSync(partial, made);
  return null;
}

/** Models are 10 to 200 MB: one of each row is enough. */
function forgetOlder({ cache, row }, made) {
  mkdirSync(join(cache, "models"), { recursive: true });
  for (const name of readdirSync(join(cache, "models")))
    if (
      name.replace(/-[0-9a-f]{16}(\.partial)?$/, "") === row.name &&
      join(cache, "models", name) !== made
    )
      rmSync(join(cache, "models", name), { recursive: true, force: true });
}

/** `{said, cpu}`: whether `validate` on what was converted says the same as the run did, and its CPU seconds. */
async function validateAgain(folder, verdict, setup) {
  const args = [
    CLI,
    "validate",
    join(folder, "files"),
    "--evidence",
    join(folder, "evidence"),
    "--name",
    setup.row.name,
  ];
  const file = join(setup.work, "again.json");
  const program = {
    command: process.execPath,
    args: [...args, "--json"],
    file,
  };
  const { code, cpu, problem } = await bounded(program, "validate", setup);
  const again = readJson(file);
  if (!again) return { said: `no verdict (${problem ?? `exit ${code}`})`, cpu };
  // Performance is measured in a run only; details of profiles name the engine, which only a run knows.
  const judged = ({ checks }) =>
    JSON.stringify(
      checks
        .filter(({ check }) => check !== "performance")
        .map(({ check, status, message, details }) => [
          check,
          status,
          message,
          details.outputs,
        ]),
    );
  const same = judged(again) === judged(verdict);
  return { said: same ? "same" : `another verdict: ${again.outcome}`, cpu };
}

function stopwatch() {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}
