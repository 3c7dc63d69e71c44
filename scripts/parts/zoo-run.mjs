// One model of the zoo through the product itself: made, converted from a store in a folder, and validated once more.
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { resultOf } from "./zoo-rows.mjs";

const MINUTE = 60_000;
const LIMITS = {
  make: 8 * MINUTE,
  run: 20 * MINUTE,
  validate: 10 * MINUTE,
  bytes: 8e9,
};
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
  const run = await bounded(
    process.execPath,
    [CLI, "run", ...flags, "--engine", "mmdeploy"],
    LIMITS.run,
    setup,
    "run",
  );
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
  const again = verdict ? await validateAgain(folder, verdict, setup) : null;
  const opset = readJson(join(folder, "files/contract.json"))?.opset ?? null;
  return resultOf(row, setup.recipe, {
    conversion,
    verdict,
    again,
    opset,
    peak: run.peak,
    seconds: seconds(),
  });
}

async function makeModel(setup, made) {
  const partial = `${made}.partial`;
  rmSync(partial, { recursive: true, force: true });
  forgetOlder(setup, made);
  const { code, problem, tail } = await bounded(
    setup.python,
    ["-W", "ignore", MAKER, setup.row.name, partial],
    LIMITS.make,
    setup,
    "make",
  );
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

/** Whether `validate` on what was converted says the same as the run did. */
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
  const { code, problem } = await bounded(
    process.execPath,
    [...args, "--json"],
    LIMITS.validate,
    setup,
    "validate",
    file,
  );
  const again = readJson(file);
  if (!again) return `no verdict (${problem ?? `exit ${code}`})`;
  // Performance is measured in a run only; details of profiles name the engine, which only a run knows.
  const judged = ({ checks }) =>
    JSON.stringify(
      checks
        .filter(({ check }) => check !== "performance")
        .map((one) => [
          one.check,
          one.status,
          one.message,
          one.details.outputs,
        ]),
    );
  const same = judged(again) === judged(verdict);
  return same ? "same" : `another verdict: ${again.outcome}`;
}

/** Runs a program within a time and a memory limit. `{code, peak, tail, problem}`; stdout also into `file`. */
function bounded(command, args, milliseconds, setup, step, file) {
  const { row, log } = setup;
  return new Promise((resolve) => {
    const env = {
      ...process.env,
      OMP_NUM_THREADS: process.env.OMP_NUM_THREADS ?? "2",
      CI: "",
    };
    const child = spawn(command, args, {
      cwd: setup.cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let [text, output, peak, problem] = ["", "", 0, null];
    const stop = (why) => {
      problem ??= why;
      killGroup(child.pid);
    };
    const timer = setTimeout(
      () => stop(`${step} took more than ${milliseconds / MINUTE} minutes`),
      milliseconds,
    );
    const watch = setInterval(() => {
      peak = Math.max(peak, memoryBelow(child.pid));
      if (peak > LIMITS.bytes)
        stop(`${step} took more than ${LIMITS.bytes / 1e9} GB`);
    }, 500);
    const onInterrupt = () => killGroup(child.pid);
    process.once("SIGINT", onInterrupt).once("SIGTERM", onInterrupt);
    child.stdout.on("data", (data) => {
      output += data;
      text = (text + data).slice(-100_000);
    });
    child.stderr.on("data", (data) => {
      text = (text + data).slice(-100_000);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      clearInterval(watch);
      process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
      mkdirSync(setup.logs, { recursive: true });
      writeFileSync(join(setup.logs, `${row.name}.${step}.log`), text);
      if (file) writeFileSync(file, output);
      if (code !== 0)
        log(
          `${row.name}: ${step} ended with ${code}${problem ? `: ${problem}` : ""}`,
        );
      resolve({
        code,
        peak,
        problem,
        tail: text.trim().split("\n").at(-1) ?? "",
      });
    });
  });
}

function killGroup(pid) {
  try {
    process.kill(-pid, "SIGTERM");
    setTimeout(() => process.kill(-pid, "SIGKILL"), 5000).unref();
  } catch {
    // It has ended already.
  }
}

/** Resident bytes of a process and all below it, also in other process groups; 0 where there is no /proc. */
function memoryBelow(root) {
  const [children, bytes] = [new Map(), new Map()];
  for (const name of existsSync("/proc/self/stat")
    ? readdirSync("/proc")
    : []) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readText(`/proc/${name}/stat`);
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (!fields) continue;
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    bytes.set(Number(name), Number(fields[21]) * 4096);
  }
  const sum = (pid) =>
    (bytes.get(pid) ?? 0) +
    (children.get(pid) ?? []).reduce((all, one) => all + sum(one), 0);
  return sum(root);
}

function stopwatch() {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

export function readJson(path) {
  const text = readText(path);
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
