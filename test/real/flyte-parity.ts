import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { flyte } from "../../scripts/parts/python-tools.mjs";
import {
  assignedFiles,
  type EngineUnderContract,
  runUnderContract,
} from "../engine/under-contract.ts";

const FIXTURES = resolve("test/fixtures/flyte");
const READER = resolve("components/_flytekit/read_file.py");
const required = process.env.MODEL_TO_EDGE_TEST_REAL === "required";

/** Engines that have a workflow here, by listing. */
export function enginesWithWorkflow(): string[] {
  return readdirSync(FIXTURES).flatMap(
    (name) => /^(.*)_workflow\.py$/.exec(name)?.[1] ?? [],
  );
}

/** Where flytekit's packages lie, or null with the reason printed. */
export function flytePackages(): string | null {
  const tools = flyte({ build: required || process.env.FLYTE === "all" });
  if (tools !== null) {
    const lib = resolve(tools.python, "../../lib");
    const [version = ""] = readdirSync(lib);
    return join(lib, version, "site-packages");
  }
  if (required) throw new Error("flytekit's plugins could not be installed");
  console.log("skipped, needs flytekit's plugins: npm run test:flyte");
  return null;
}

/** The plugin's own run of the engine's workflow: for each task a model's folder, and the file that the plugin made. */
export function runWorkflow(
  { name, python }: EngineUnderContract,
  packages: string,
  folder: string,
): void {
  execFileSync(
    python ?? "",
    ["-W", "ignore", join(FIXTURES, `${name}_workflow.py`), folder],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        PYTHONPATH: packages,
        PYTHONHASHSEED: "0",
        PYTHONDONTWRITEBYTECODE: "1",
      },
    },
  );
}

export interface WorkflowTask {
  name: string;
  options: Record<string, unknown>;
}

/** Its tasks, with the options that `init --from-flytekit` reads for each. */
export function tasksOf(
  { name, folder, python }: EngineUnderContract,
  scratch: string,
): WorkflowTask[] {
  const workflow = join(FIXTURES, `${name}_workflow.py`);
  const tables = join(scratch, "tables.json");
  const table = JSON.parse(
    readFileSync(join(folder, "flytekit.json"), "utf8"),
  ) as object;
  writeFileSync(tables, JSON.stringify([{ ...table, engine: name }]));
  const read = JSON.parse(
    execFileSync(python ?? "", ["-B", READER, workflow, tables], {
      encoding: "utf8",
    }),
  ) as { calls: { options: Record<string, unknown> }[]; problems: unknown[] };
  if (read.problems.length > 0) throw new Error(JSON.stringify(read.problems));

  const names = readFileSync(workflow, "utf8").matchAll(
    /^def (\w+)\(\) -> \(?\s*Annotated/gm,
  );
  return [...names].map(([, task = ""], index) => ({
    name: task,
    options: read.calls[index]?.options ?? {},
  }));
}

/** Our conversion of a task's model; the ONNX file's path. */
export async function convertTask(
  engine: EngineUnderContract,
  folder: string,
  options: Record<string, unknown>,
  workFolder: string,
): Promise<string> {
  const model = { folder, files: assignedFiles(engine, folder), options };
  const start = { workFolder };
  const { outcome, output } = await runUnderContract(engine, model, start);
  if (!("result" in outcome)) throw new Error(outcome.failure.message);
  if (outcome.result.status === "failed")
    throw new Error(outcome.result.error.message);

  const file = outcome.result.files.find(({ role }) => role === "model");
  return join(output, file?.path ?? "");
}

export interface Comparison {
  same: boolean;
  difference: string[];
  /** Steps of compare.py without which the two differ: what each has of its own. */
  needed: string[];
  /** Names of weights that the graph wants, and whose file is not there. */
  lost: { theirs: string[]; ours: string[] };
}

/** Whether two files hold the same graph, and a difference. */
export function compare(
  { name, python }: EngineUnderContract,
  theirs: string,
  ours: string,
): Comparison {
  const script = join(FIXTURES, "compare.py");
  const args = [script, theirs, ours, ...(differences(name) ?? [])];
  return JSON.parse(
    execFileSync(python ?? "", ["-W", "ignore", ...args], { encoding: "utf8" }),
  ) as Comparison;
}

/** The steps of compare.py that an engine needs; null where all are taken. */
export function differences(engine: string): string[] | null {
  const text = readFileSync(join(FIXTURES, "differences.json"), "utf8");
  return (JSON.parse(text) as Record<string, string[]>)[engine] ?? null;
}
