import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type ChildCommand,
  type ChildOutcome,
  runChild,
} from "../child/run-child.ts";
import { OUTPUT_LIMITS, type OutputLimits } from "../config/output-limits.ts";
import type { Context } from "../context.ts";
import { notWritable } from "../disk/not-writable.ts";
import { toJson, writeWhole } from "../document/document.ts";
import type { Failure } from "../errors.ts";
import { plainLine } from "../text/plain-text.ts";
import type { Engine } from "./catalogue.ts";
import { engineFailure, lateDeath, leftFailure } from "./engine-failure.ts";
import { type EngineEnvironment, requireInstalled } from "./environment.ts";
import type { Access, Isolation } from "./isolation-level.ts";
import { contentOf, outputProblem } from "./measure-output.ts";
import { limitedCommand } from "./process-limits.ts";
import type {
  EngineProgress,
  EngineRequest,
  EngineResult,
} from "./protocol.ts";
import { readResult } from "./read-result.ts";
import { scrubbedEnv, sharedPython } from "./scrubbed-env.ts";
import { watchOutput } from "./watch-output.ts";

/** An engine, and where its Python is. */
export type PlacedEngine = Engine & { environment: EngineEnvironment };

export interface EngineRun {
  isolation: Isolation;
  timeoutMs: number;
  /** The only place that the process may write to; holds `output_dir` of the request, and may hold the model. */
  workFolder: string;
  logFile: string;
  /** Of what it leaves; without it the usual ones. */
  limits?: OutputLimits;
  onProgress?: (progress: EngineProgress) => void;
}

export type EngineOutcome = {
  /** The rung of the ladder. */
  isolation: Isolation["level"];
  seconds: number;
} & ({ result: EngineResult } | { failure: Failure });

const GRACE_MS = 2000;
const LOG_BYTES = 4 * 1024 * 1024;

/**
 * Runs an engine's process once. `output_dir`, home and temporary folder are empty when it starts.
 * A process that fails is data. Throws `UsageError` where the engine is not installed, the signal's reason on abort.
 */
export async function runEngine(
  ctx: Pick<Context, "environment" | "now" | "root" | "signal">,
  engine: PlacedEngine,
  request: EngineRequest,
  run: EngineRun,
): Promise<EngineOutcome> {
  const python = requireInstalled(engine, engine.environment);
  const requestFile = await freshWork(run.workFolder, request);
  await run.isolation.prepare(run.workFolder);

  const command = [join(engine.folder, engine.entry), requestFile];
  const wrapped = await run.isolation.wrap(
    python,
    command,
    accessOf(ctx.root, engine, request, run),
  );

  const { outcome, left } = await runWatched(ctx, wrapped, run);
  ctx.signal.throwIfAborted();

  const facts = { isolation: run.isolation.level, seconds: outcome.seconds };

  if (left !== null)
    return { ...facts, failure: leftFailure(engine.name, left) };

  if (outcome.timedOut)
    return {
      ...facts,
      failure: engineFailure(engine.name, outcome, "is not looked at"),
    };

  await run.isolation.takeBack(run.workFolder);
  const read = await readResult(request.output_dir);

  if ("problem" in read)
    return {
      ...facts,
      failure: engineFailure(engine.name, outcome, read.problem),
    };

  const death = lateDeath(outcome);
  if (death) read.result.warnings.push(death);

  return { ...facts, result: read.result };
}

/** The process until it and all that it started are gone; `left` says what of it is not taken. */
async function runWatched(
  ctx: Pick<Context, "environment" | "now" | "root" | "signal">,
  wrapped: { command: string; args: string[] },
  run: EngineRun,
): Promise<{ outcome: ChildOutcome; left: string | null }> {
  const { workFolder, limits = OUTPUT_LIMITS } = run;
  const before = await contentOf(workFolder);
  const watch = watchOutput(workFolder, limits, before);

  const outcome = await runChildOf(run.isolation, ctx, {
    ...limitedCommand(wrapped, limits, run.isolation.hasOwnUser),
    cwd: workFolder,
    env: scrubbedEnv(ctx, workFolder),
    extraFd: (line) => passOn(line, run.onProgress),
    logFile: run.logFile,
    timeoutMs: run.timeoutMs,
    graceMs: GRACE_MS,
    maxLogBytes: LOG_BYTES,
    signal: AbortSignal.any([ctx.signal, watch.signal]),
  }).finally(() => watch.stop());

  const left =
    (await run.isolation.end(outcome)) ??
    watch.problem() ??
    (await outputProblem(workFolder, limits, before, "ended"));

  return { outcome, left };
}

/** A process that cannot even be started ends the isolation, too. */
async function runChildOf(
  isolation: Isolation,
  ctx: Pick<Context, "environment" | "now">,
  command: ChildCommand,
): Promise<ChildOutcome> {
  try {
    return await runChild(ctx, command);
  } catch (error) {
    await isolation.end({ exitCode: null, signal: null });
    throw error;
  }
}

/** What the process reads: also the question that another user's rights are checked with. */
export function engineReads(
  root: string,
  engine: Engine,
  environment: EngineEnvironment,
): string[] {
  return [engine.folder, sharedPython(root), ...environment.reads];
}

function accessOf(
  root: string,
  engine: PlacedEngine,
  { model, samples, device }: EngineRequest,
  { workFolder }: EngineRun,
): Access {
  const code = model.code ? [model.code.dir] : [];
  const inputs = new Set([model.dir, ...code, ...samples.map(dirname)]);
  const readable = [
    ...engineReads(root, engine, engine.environment),
    ...inputs,
  ];
  return { readable, writable: [workFolder], gpu: device.startsWith("cuda") };
}

/** Old outputs must not look new. Returns the request's path. */
async function freshWork(
  folder: string,
  request: EngineRequest,
): Promise<string> {
  const file = join(folder, "request.json");
  try {
    for (const fresh of [
      request.output_dir,
      join(folder, "home"),
      join(folder, "tmp"),
    ]) {
      await rm(fresh, { recursive: true, force: true });
      await mkdir(fresh, { recursive: true });
    }
  } catch (error) {
    throw notWritable(folder, error);
  }

  await writeWhole(file, toJson(request));

  return file;
}

/** Garbage on the progress line is not worth a word. */
function passOn(line: string, onProgress: EngineRun["onProgress"]): void {
  const progress = parseProgress(line);
  if (progress) onProgress?.(progress);
}

function parseProgress(line: string): EngineProgress | null {
  try {
    const { stage, done, total } = JSON.parse(line) as Record<string, unknown>;
    if (
      typeof stage !== "string" ||
      typeof done !== "number" ||
      typeof total !== "number"
    )
      return null;

    return { stage: plainLine(stage, 100), done, total };
  } catch {
    return null;
  }
}
