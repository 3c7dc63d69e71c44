import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Engine,
  findEngine,
  listEngines,
} from "../../src/engine/catalogue.ts";
import { engineEnvironment } from "../../src/engine/environment.ts";
import { chooseIsolation } from "../../src/engine/isolation.ts";
import type { IsolationContext } from "../../src/engine/isolation-level.ts";
import type { EngineRequest } from "../../src/engine/protocol.ts";
import {
  type EngineOutcome,
  type EngineRun,
  runEngine,
} from "../../src/engine/run-engine.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import { temporaryFolder } from "../child/children.ts";

export const ROOT = join(import.meta.dirname, "../..");

export function testContext(
  env: Record<string, string> = {},
): IsolationContext & { root: string; cache: string; engines: string } {
  const folder = temporaryFolder();
  return {
    environment: readEnvironment({
      PATH: process.env.PATH,
      MODEL_TO_EDGE_ENGINES: join(ROOT, "test/fixtures/engines/toy"),
      ...env,
    }),
    cwd: folder,
    home: join(folder, "home"),
    root: ROOT,
    cache: join(folder, "cache"),
    engines: join(folder, "engines"),
    now: () => new Date(),
    signal: new AbortController().signal,
  };
}

export async function toyEngine(): Promise<Engine> {
  return findEngine(await listEngines(testContext()), "toy");
}

/** A work folder with a model of four channels, and the request to convert it. */
export function toyRequest(options: Record<string, unknown> = {}): {
  workFolder: string;
  request: EngineRequest;
} {
  const workFolder = temporaryFolder();
  const model = join(workFolder, "model");
  mkdirSync(join(model, "samples"), { recursive: true });
  writeFileSync(join(model, "model.json"), JSON.stringify({ channels: 4 }));
  writeFileSync(
    join(model, "toy.weights"),
    JSON.stringify({ w: [1, 2, 3, 4], b: [0, 0, 0, 1] }),
  );
  writeFileSync(join(model, "samples/one.json"), "[1, 2, 3, 4]");
  return {
    workFolder,
    request: {
      protocol: 1,
      model: {
        name: "toy-model",
        dir: model,
        files: [
          { role: "config", path: "model.json" },
          { role: "checkpoint", path: "toy.weights" },
        ],
      },
      options,
      allow: { missing: [], unexpected: [] },
      device: "cpu",
      samples: [join(model, "samples/one.json")],
      classes: null,
      seed: 0,
      references: { random: 3, fp64: true, shapes: {} },
      metadata: { "edge.model": "toy-model" },
      output_dir: join(workFolder, "output"),
    },
  };
}

/** Runs the toy engine once, without isolation where `run` says nothing else. */
export async function runToy(
  run: Partial<EngineRun> = {},
  options: Record<string, unknown> = {},
  ctx = testContext(),
): Promise<{ outcome: EngineOutcome; output: string; logFile: string }> {
  const { workFolder, request } = toyRequest(options);
  const engine = await toyEngine();
  const environment = await engineEnvironment(ctx, engine);
  const logFile = join(workFolder, "engine.log");
  const isolation = run.isolation ?? (await chooseIsolation(ctx, "none"));
  const all = { timeoutMs: 30_000, workFolder, logFile, ...run, isolation };
  const outcome = await runEngine(
    ctx,
    { ...engine, environment },
    request,
    all,
  );
  return { outcome, output: request.output_dir, logFile };
}
