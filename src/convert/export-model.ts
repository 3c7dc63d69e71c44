import { join, relative } from "node:path";
import { OUTPUT_LIMITS } from "../config/output-limits.ts";
import type { Context } from "../context.ts";
import { writeDocument } from "../document/document.ts";
import { resolveDevice } from "../engine/device.ts";
import { whyNoGpu } from "../engine/gpu-check.ts";
import type { EngineRequest } from "../engine/protocol.ts";
import { type EngineOutcome, runEngine } from "../engine/run-engine.ts";
import type { Failure } from "../errors.ts";
import { TOOLCHAIN_FILE, toolchainOf } from "../model/toolchain.ts";
import type { PlannedModel } from "../plan/plan.ts";
import { fileTwins } from "../plan/twin-notices.ts";
import { type StepClock, startSteps } from "../timeline.ts";
import type { ReadyEngine } from "./convert-step.ts";
import { sourceFolder } from "./download.ts";
import { layOut, measureFiles, sharedTarget } from "./lay-out.ts";
import { layOutCode } from "./lay-out-code.ts";
import { makeRequest } from "./make-request.ts";
import { engineOf, failed, type Progress, type Workplace } from "./progress.ts";
import { refusedOutputs, refusedPath } from "./refused-outputs.ts";

/** Of the time that a model has; the rest is for what follows. */
const ENGINE_PART = 0.9;

/** The engine's process on the downloaded files; what it made is laid out like `edge/<name>/` and `evidence/<name>/`. */
export async function exportModel(
  place: Workplace,
  progress: Progress,
): Promise<Progress> {
  const { ctx, folders, step, work } = place;
  const { model, conversion } = progress;
  if (!model.fingerprint) throw new Error("the model was not downloaded");

  const engine = engineOf(step, model);
  const output = join(work, "output");
  const device = await resolveDevice(ctx, model.device, () =>
    whyNoGpu(ctx, engine, engine.environment),
  );

  const code = join(work, "code");
  if (model.code) await layOutCode(ctx.cwd, model.code, code);

  const request = await makeRequest(
    { ...model, fingerprint: model.fingerprint },
    { folder: sourceFolder(place), code, output, device },
  );

  const steps = startSteps(ctx.now);
  steps.begin("engine.start");
  const outcome = await run(place, { engine, model, steps }, request);
  const timeline = [...(conversion.timeline ?? []), ...steps.end()];
  const reached = { ...conversion, isolation: outcome.isolation, timeline };

  if ("failure" in outcome)
    return failed(
      place,
      { ...progress, conversion: reached },
      withLogPath(ctx, outcome.failure, folders.log),
    );

  const { result } = outcome;
  const after: Progress = {
    ...progress,
    conversion: {
      ...reached,
      warnings: result.warnings,
      environment: { ...result.environment, device },
      timings: { ...reached.timings, ...engineTimings(result.timings) },
    },
  };

  if (result.status === "failed") return failed(place, after, result.error);

  const refused =
    refusedOutputs(result.files) ??
    refusedPath(
      sharedTarget(result.files, folders),
      "takes the place of another file",
    ) ??
    refusedPath(
      await layOut(result.files, { output, folders }, ctx.signal),
      "is not a regular file",
    );
  if (refused) return failed(place, after, refused);

  await writeDocument(
    join(folders.evidence, TOOLCHAIN_FILE),
    "toolchain",
    toolchainOf(engine.name, result.environment),
  );

  const files = await measureFiles(folders, ctx.signal);
  const warnings = [
    ...result.warnings,
    ...fileTwins(files.map((file) => file.path)),
  ];
  return { ...after, conversion: { ...after.conversion, files, warnings } };
}

/** The process, with its progress in the log. */
async function run(
  { ctx, folders, step, work }: Workplace,
  {
    engine,
    model,
    steps,
  }: { engine: ReadyEngine; model: PlannedModel; steps: StepClock },
  request: EngineRequest,
): Promise<EngineOutcome> {
  const { isolation } = step;
  if (!isolation) throw new Error("isolation was not chosen");

  const line = ctx.log.progress(`${request.model.name}: ${engine.name}`);

  try {
    return await runEngine(ctx, engine, request, {
      isolation,
      timeoutMs: step.timeLeft() * ENGINE_PART,
      limits: { ...OUTPUT_LIMITS, ...model.limits },
      workFolder: work,
      logFile: folders.log,
      onProgress: ({ stage, done, total }) => {
        line.at(done, total, stage);
        if (done < total) steps.begin(`engine.${stage}`);
        else steps.begin("engine.end");
      },
    });
  } finally {
    line.end();
  }
}

function engineTimings(
  timings: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(timings).map(([stage, seconds]) => [
      `engine.${stage}`,
      seconds,
    ]),
  );
}

/** The engine's side does not know where its log lies for the reader. */
function withLogPath(
  { cwd }: Pick<Context, "cwd">,
  failure: Failure,
  log: string,
): Failure {
  const shown = relative(cwd, log);
  return { ...failure, hint: failure.hint.replaceAll("engine.log", shown) };
}
