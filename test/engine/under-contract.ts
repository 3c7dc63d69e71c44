import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { ENGINES } from "../../scripts/parts/real-parts.mjs";
import { type Engine, listEngines } from "../../src/engine/catalogue.ts";
import { chooseIsolation } from "../../src/engine/isolation.ts";
import type { IsolationContext } from "../../src/engine/isolation-level.ts";
import type { EngineRequest, RequestFile } from "../../src/engine/protocol.ts";
import { type EngineOutcome, runEngine } from "../../src/engine/run-engine.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import { assignRoles } from "../../src/model/assign-roles.ts";
import { CLI } from "../support/command-line.ts";
import { enginePython } from "../support/engine-python.ts";
import { ROOT } from "./toy.ts";

export interface EngineUnderContract extends Engine {
  /** Null where its environment is not on this machine. */
  python: string | null;
}

const HERE = { MODEL_TO_EDGE_ENGINES: join(ROOT, "components/_template") };

/** Every engine of `components/`, found by listing, and the template that new ones are made of. */
export async function enginesUnderContract(): Promise<EngineUnderContract[]> {
  const cwd = ROOT;
  const environment = readEnvironment(HERE);
  const engines = await listEngines({ cwd, environment, root: ROOT });
  const pythons = listedPythons();

  return engines.map((engine) => ({
    ...engine,
    // Those that every run of the tests has are not to be skipped where real parts are required.
    python: ENGINES.includes(engine.name)
      ? enginePython(engine.name)
      : (pythons.get(engine.name) ?? null),
  }));
}

function listedPythons(): Map<string, string | null> {
  const env = { ...process.env, ...HERE };
  const listed = execFileSync(
    process.execPath,
    [CLI, "engine", "list", "--json"],
    { encoding: "utf8", env },
  );
  const rows = JSON.parse(listed) as { name: string; python: string | null }[];
  return new Map(rows.map(({ name, python }) => [name, python]));
}

export interface ContractModel {
  folder: string;
  files: RequestFile[];
  options: Record<string, unknown>;
}

/** The script of `test/fixtures/<engine>/` that makes a small model and prints the options for it. */
export function contractScript({ name }: Engine): string {
  return join(ROOT, "test/fixtures", name, "contract_model.py");
}

/** The model that the engine's own script makes, its files in their roles. */
export function makeContractModel(
  engine: EngineUnderContract,
  folder: string,
): ContractModel {
  const printed = execFileSync(
    engine.python ?? "",
    ["-W", "ignore", contractScript(engine), folder],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
  const options = JSON.parse(printed.trim().split("\n").at(-1) ?? "") as object;
  const files = assignedFiles(engine, folder);
  return { folder, files, options: { ...options } };
}

/** The files of a model's folder in the roles that the engine gives them. */
export function assignedFiles(engine: Engine, folder: string): RequestFile[] {
  const assigned = assignRoles({
    folder: "model",
    paths: filesBelow(folder),
    accepts: engine.accepts,
    chosen: {},
    named: new Set(),
    modelName: "model",
    lastCheckpoint: null,
  });
  if ("failure" in assigned) throw new Error(assigned.failure.message);

  return [...assigned.roles].map(([path, role]) => ({ role, path }));
}

/** Relative paths of the plain files below a folder, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => path.slice(folder.length + 1))
    .sort();
}

/** How the engine's process is started: with which hash seed, and what runs its entry. */
export interface Start {
  /** New: holds all that is written. */
  workFolder: string;
  seed?: string;
  /** A Python file that is given the entry. */
  under?: string;
}

export interface ContractRun {
  outcome: EngineOutcome;
  output: string;
}

/** One conversion by the engine's real process, as the runner starts it, without isolation. */
export async function runUnderContract(
  engine: EngineUnderContract,
  { folder, files, options }: ContractModel,
  { workFolder, ...start }: Start,
): Promise<ContractRun> {
  const ctx = contextIn(workFolder);
  const output = join(workFolder, "output");
  const request: EngineRequest = {
    protocol: 1,
    model: { name: "contract", dir: folder, files },
    options,
    allow: { missing: [], unexpected: [] },
    device: "cpu",
    samples: [],
    classes: null,
    seed: 0,
    references: { random: 3, fp64: true, shapes: {} },
    metadata: { "edge.model": "contract" },
    output_dir: output,
  };
  const environment = {
    ...{ installed: true, folder: null, versions: {}, reads: [] },
    python: startedWith(engine.python ?? "", workFolder, start),
  };
  const outcome = await runEngine(ctx, { ...engine, environment }, request, {
    isolation: await chooseIsolation(ctx, "none"),
    timeoutMs: 300_000,
    workFolder,
    logFile: join(workFolder, "engine.log"),
  });

  return { outcome, output };
}

/** An interpreter that starts the real one in another way. */
function startedWith(
  python: string,
  folder: string,
  { seed = "0", under }: Omit<Start, "workFolder">,
): string {
  mkdirSync(folder, { recursive: true });
  const script = join(folder, "python");
  const words = under === undefined ? '"$@"' : `"${under}" "$@"`;
  writeFileSync(
    script,
    `#!/bin/sh\nexport PYTHONHASHSEED=${seed}\nexec "${python}" ${words}\n`,
  );
  chmodSync(script, 0o755);
  return script;
}

function contextIn(folder: string): IsolationContext {
  return {
    environment: readEnvironment({ PATH: process.env.PATH }),
    cwd: folder,
    home: join(folder, "home"),
    root: ROOT,
    now: () => new Date(),
    signal: new AbortController().signal,
  };
}

/** The bytes of all that an engine wrote but its result, which has timings. */
export function bytesOf(folder: string): Record<string, string> {
  const names = filesBelow(folder).filter((path) => path !== "result.json");
  return Object.fromEntries(
    names.map((path) => [path, readFileSync(join(folder, path), "base64")]),
  );
}

export function hasScript(engine: Engine): boolean {
  return existsSync(contractScript(engine));
}
