import { rm } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Context } from "../context.ts";
import { writeDocument } from "../document.ts";
import type { Engine } from "../engine/catalogue.ts";
import { resolveDevice } from "../engine/device.ts";
import type { EngineEnvironment } from "../engine/environment.ts";
import { canUseGpu } from "../engine/gpu-check.ts";
import type { Isolation } from "../engine/isolation-level.ts";
import { opsetOption } from "../engine/options.ts";
import { runEngine } from "../engine/run-engine.ts";
import { type Failure, toFailure, UsageError } from "../errors.ts";
import { branchPaths, placesOf } from "../model/layout.ts";
import type { Plan, PlannedModel } from "../plan/plan.ts";
import { closedFingerprint } from "../plan/unchanged.ts";
import type { Draft, Snapshot } from "../store/store.ts";
import type { Performance } from "../validate/performance/measurement.ts";
import {
  CHECKS_VERSION,
  type Validation,
  validateFolder,
} from "../validate/validate-folder.ts";
import type { Verdict } from "../validate/verdict.ts";
import { type Conversion, emptyConversion } from "./conversion.ts";
import { fetchInputs, isUnchangedAfterAll } from "./fetch-inputs.ts";
import { fetchPublished } from "./fetch-published.ts";
import { layOut, measureFiles } from "./lay-out.ts";
import { makeRequest } from "./make-request.ts";
import { stage } from "./stage.ts";
import { freshFolders, type ModelFolders, modelFolders } from "./workspace.ts";

/** An engine, what its bytes depend on, and where its Python is. */
export interface ReadyEngine extends Engine {
  recipe: string;
  environment: EngineEnvironment;
}

/** What all models of a run have in common. */
export interface ConvertStep {
  plan: Plan;
  snapshot: Snapshot;
  /** Null where nothing may be published. */
  draft: Draft | null;
  out: string;
  engines: readonly ReadyEngine[];
  /** Null where no model is to be converted. */
  isolation: Isolation | null;
  image: string | null;
  /** Milliseconds left for the run. */
  timeLeft(): number;
  /** Writes `report.html` of the model into its evidence, before it is staged. */
  writeModelPage(
    folders: ModelFolders,
    verdict: Verdict,
    conversion: Conversion,
  ): Promise<void>;
}

export interface ConvertedModel {
  conversion: Conversion;
  verdict: Verdict | null;
  performance: Performance | null;
}

/** One model from download to staged. What goes wrong with the model is data; a full disk or our bug is thrown. */
export async function convertModel(
  ctx: Context,
  step: ConvertStep,
  model: PlannedModel,
): Promise<ConvertedModel> {
  const folders = modelFolders(step.out, model.name);
  await freshFolders(folders);

  const conversion = emptyConversion(model);
  let validation: Validation | null = null;

  try {
    if (model.decision === "convert")
      validation = await attempt(ctx, step, model, folders, conversion);
  } catch (error) {
    ctx.signal.throwIfAborted();
    conversion.status = "failed";
    conversion.failure = toFailure(error);
  } finally {
    await rm(folders.work, { recursive: true, force: true });
  }

  await writeDocument(folders.conversion, "conversion", conversion);

  return {
    conversion,
    verdict: validation?.verdict ?? null,
    performance: validation?.performance ?? null,
  };
}

async function attempt(
  ctx: Context,
  step: ConvertStep,
  model: PlannedModel,
  folders: ModelFolders,
  conversion: Conversion,
): Promise<Validation | null> {
  const engine = step.engines.find(({ name }) => name === model.engine);
  if (!engine)
    throw new UsageError(`engine ${model.engine} is not here`, {
      hint: "model-to-edge engine list",
    });

  const source = join(folders.work, "model");
  await timed(conversion, "download", () =>
    fetchInputs(ctx, step.snapshot, model, source, conversion),
  );

  const fingerprint = closedFingerprint(
    model,
    engine.recipe,
    step.image,
    CHECKS_VERSION,
  );
  if (!fingerprint) throw new Error("a downloaded file has no sha256");

  conversion.fingerprint = fingerprint;
  model.fingerprint = fingerprint;

  if (!step.plan.force && (await isUnchangedAfterAll(step.snapshot, model))) {
    conversion.status = "unchanged";
    return null;
  }

  if (!step.isolation) throw new Error("isolation was not chosen");

  const { isolation } = step;
  const { environment } = engine;
  const output = join(folders.work, "output");
  const device = await resolveDevice(ctx, model.device, () =>
    canUseGpu(ctx, engine, environment),
  );

  const request = await makeRequest(model, fingerprint, source, output, device);
  const progress = ctx.log.progress(`${model.name}: ${model.engine}`);
  const outcome = await timed(conversion, "engine", () =>
    runEngine(ctx, engine, environment, request, {
      isolation,
      timeoutMs: step.timeLeft(),
      workFolder: folders.work,
      logFile: folders.log,
      onProgress: ({ stage, done, total }) => progress.at(done, total, stage),
    }),
  ).finally(() => progress.end());

  conversion.isolation = outcome.isolation;

  if ("failure" in outcome)
    return failed(
      conversion,
      withLogPath(outcome.failure, relative(ctx.cwd, folders.log)),
    );

  const { result } = outcome;
  conversion.warnings = result.warnings;
  conversion.environment = { ...result.environment, device };
  for (const [name, seconds] of Object.entries(result.timings))
    conversion.timings[`engine.${name}`] = seconds;
  if (result.status === "failed") return failed(conversion, result.error);

  await layOut(result.files, output, folders);

  const places = placesOf(model.name, branchPaths(step.plan.store));
  const old = join(folders.work, "published");
  const validation = await timed(conversion, "validate", async () =>
    validateFolder(ctx, {
      name: model.name,
      folder: folders.files,
      evidence: folders.evidence,
      policy: model.policy,
      reproduce: `model-to-edge validate ${places.edge} --evidence ${places.evidence}${profileFlags(model.policy)}`,
      opsetOption: await opsetOption(engine),
      performance: {
        published: () =>
          fetchPublished(ctx, step.snapshot, model, places, folders.files, old),
      },
    }),
  );

  const { verdict, performance } = validation;

  conversion.status = "converted";
  await writeDocument(folders.verdict, "verdict", verdict);
  if (performance)
    await writeDocument(folders.performance, "performance", performance);

  await writeDocument(
    join(folders.evidence, "verdict.json"),
    "verdict",
    verdict,
  );
  await step.writeModelPage(folders, verdict, conversion);
  conversion.files = await measureFiles(folders);

  const red =
    verdict.outcome === "fail" ||
    (verdict.outcome === "warn" && step.plan.failOn === "warn");

  const { draft } = step;

  if (draft && !red)
    conversion.staged = await timed(conversion, "stage", () =>
      stage(ctx, draft, folders, conversion.files, places),
    );

  return validation;
}

/** So that the command asks for the same devices. */
function profileFlags({ profiles }: PlannedModel["policy"]): string {
  return profiles
    .map(({ id, own }) => ` --profile ${own?.file ?? id}`)
    .join("");
}

function failed(conversion: Conversion, failure: Failure): null {
  conversion.status = "failed";
  conversion.failure = failure;
  return null;
}

/** The engine's side does not know where its log lies for the reader. */
function withLogPath(failure: Failure, log: string): Failure {
  return { ...failure, hint: failure.hint.replaceAll("engine.log", log) };
}

async function timed<T>(
  conversion: Conversion,
  stageName: string,
  work: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    conversion.timings[stageName] =
      Math.round(performance.now() - start) / 1000;
  }
}
