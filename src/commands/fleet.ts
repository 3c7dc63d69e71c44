import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { optionsOf } from "../config/command-options.ts";
import {
  type FleetSettings,
  readFleetSettings,
} from "../config/fleet-options.ts";
import type { Context } from "../context.ts";
import { writeDocument, writeWhole } from "../document/document.ts";
import { UsageError } from "../errors.ts";
import {
  type ChildWish,
  childPipeline,
  emptyChildPipeline,
} from "../fleet/child-pipeline.ts";
import { childVariables } from "../fleet/child-variables.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { childTokens } from "../fleet/id-tokens.ts";
import { convertJobName } from "../fleet/job-name.ts";
import { checkLimits } from "../fleet/limits.ts";
import { type Runners, runnersOf } from "../fleet/runners.ts";
import { type Batch, spreadModels } from "../fleet/spread.ts";
import type { PlannedModel } from "../plan/plan.ts";
import { planId } from "../plan/plan-id.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { loadPlan } from "./run/load-run.ts";
import { inOwnOutput } from "./run/own-output.ts";

/** The child pipeline's file, below `--out`. */
const CHILD_PIPELINE = "child-pipeline.yml";

/** Spreads `plan.json` over jobs; writes `fleet.json` and the child pipeline that does them. */
export function fleet(
  ctx: Context,
  _io: CommandIo,
  flags: Flags,
): Promise<void> {
  return inOwnOutput(ctx, flags, () => spread(ctx, flags));
}

async function spread(ctx: Context, flags: Flags): Promise<void> {
  const settings = readFleetSettings(flags, ctx.environment);
  const runners = runnersOf(settings, ctx.environment);
  const out = resolve(ctx.cwd, settings.out);
  const file = join(out, CHILD_PIPELINE);
  if (hasNothingToPlan(ctx, out)) {
    await writeWhole(file, emptyChildPipeline(runners.small, "nothing-to-do"));
    return ctx.log.info(`written: ${file}, with nothing to do in a fork`);
  }

  const plan = await loadPlan(out);
  const batches = spreadModels(plan.models, settings.maxJobs);
  const child = childPipeline(batches, wishOf(ctx, settings, runners));
  const { warning } = checkLimits(child);
  if (warning) ctx.log.warn(warning, "convert-fleet-template.md");

  const document: Fleet = {
    kind: "fleet",
    version: 2,
    program: ctx.version,
    plan: planId(plan),
    jobs: batches.map((batch, index) => ({
      name: convertJobName(index + 1, batch),
      ...batch,
    })),
  };
  await writeDocument(join(out, "fleet.json"), "fleet", document);
  await writeWhole(file, child.text);

  ctx.log.info(saysSpread(batches, plan.models));
  ctx.log.info(`written: ${file}`);
}

/** `plan` ended without a plan, and said why. */
function hasNothingToPlan({ environment }: Context, out: string): boolean {
  const { inFork, requestsElsewhere } = environment.ci;
  return (inFork || requestsElsewhere) && !existsSync(join(out, "plan.json"));
}

function wishOf(
  { environment, cwd }: Context,
  settings: FleetSettings,
  runners: Runners,
): ChildWish {
  const { pipelineId, jobName, projectFolder } = environment.ci;
  if (pipelineId === null || jobName === null)
    throw new UsageError("`fleet` runs in a job of GitLab, and this is none", {
      code: "pipeline-variable",
      hint: "use `model-to-edge run`, which converts all models in one process; for a try, set CI_PIPELINE_ID and CI_JOB_NAME",
    });

  return {
    parent: { pipeline: String(pipelineId), job: jobName },
    name: environment.option("note-name") ?? jobName,
    out: relativeOut(settings.out, projectFolder ?? cwd),
    small: runners.small,
    engineRunner: runners.engine,
    variables: childVariables(settingNames(), environment),
    tokens: childTokens(environment),
    timeout: settings.timeout,
    retry: settings.retry,
    interruptible: settings.interruptible,
    expireIn: settings.expireIn,
  };
}

/** Of all steps after `plan`. */
function settingNames(): string[] {
  const steps = ["convert", "publish", "report"].flatMap(optionsOf);
  const names = new Set(steps.map(({ name }) => name));
  names.delete("out");

  return [...names];
}

/** GitLab refuses artifacts outside the project. */
function relativeOut(out: string, project: string): string {
  const plain = out.replace(/\/+$/, "");
  if (!plain.startsWith("/") && !plain.split("/").includes("..")) return plain;

  throw new UsageError(`--out ${out} is not a folder inside ${project}`, {
    code: "setting",
    hint: "give a folder relative to the project: GitLab takes artifacts from nowhere else",
  });
}

function saysSpread(
  batches: readonly Batch[],
  models: readonly PlannedModel[],
): string {
  const of = `${models.length} ${models.length === 1 ? "model" : "models"}`;
  const work = batches.flatMap((batch) => batch.models).length;
  if (work === 0)
    return `fleet: nothing to convert, ${of} as planned: no convert job`;

  const jobs = `${batches.length} convert ${batches.length === 1 ? "job" : "jobs"}`;
  const timed = models.filter(({ seconds }) => seconds !== undefined).length;
  const by = timed > 0 ? `last duration (of ${timed}) and size` : "size";

  return `fleet: ${work} of ${of} in ${jobs}, balanced by ${by}`;
}
