import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Context } from "../../context.ts";
import { contradictionIn, isVerdict } from "../../convert/contradiction.ts";
import { type Conversion, emptyConversion } from "../../convert/conversion.ts";
import type { ConvertedModel } from "../../convert/convert-model.ts";
import { type ModelFolders, modelFolders } from "../../convert/workspace.ts";
import { readDocument } from "../../document.ts";
import { type Failure, toFailure, UsageError } from "../../errors.ts";
import { type Fleet, jobOf } from "../../fleet/fleet.ts";
import type { Plan, PlannedModel } from "../../plan/plan.ts";
import { planId } from "../../plan/plan-id.ts";
import type { Performance } from "../../validate/performance/measurement.ts";
import type { Verdict } from "../../validate/verdict.ts";
import { loadFleet, refuseOtherPlan } from "./load-run.ts";

export interface LoadedModels {
  models: ConvertedModel[];
  /** Models of a fleet whose job left nothing that can be used: each stands among the models as a failed one. */
  without: { name: string; failure: Failure }[];
}

/**
 * What `convert` wrote for each model of the plan. In a fleet, a model whose documents are missing, damaged, of another
 * version or of another plan has failed, and the others stand; in a run of one job that throws `UsageError`.
 */
export async function loadModels(
  ctx: Pick<Context, "version">,
  out: string,
  plan: Plan,
): Promise<LoadedModels> {
  const whole: Whole = {
    ...{ out, plan, id: planId(plan), fleet: await loadFleet(ctx, out, plan) },
  };
  const without: LoadedModels["without"] = [];
  const models: ConvertedModel[] = [];

  for (const model of plan.models) {
    const loaded = await loadOrFailure(model, whole);
    if ("code" in loaded) {
      without.push({ name: model.name, failure: loaded });
      models.push(failedModel(model, whole, loaded));
    } else models.push(loaded);
  }

  return { models, without };
}

interface Whole {
  out: string;
  plan: Plan;
  /** Of the plan: making it of a large one takes a moment. */
  id: string;
  fleet: Fleet | null;
}

async function loadOrFailure(
  model: PlannedModel,
  { out, plan, id, fleet }: Whole,
): Promise<ConvertedModel | Failure> {
  const folders = modelFolders(out, model.name);
  if (fleet && !existsSync(folders.conversion)) return lost(fleet, model);

  try {
    return await loadModel(folders, model, { plan, id });
  } catch (error) {
    if (!fleet || !(error instanceof UsageError)) throw error;
    return toFailure(error);
  }
}

async function loadModel(
  folders: ModelFolders,
  model: PlannedModel,
  { plan, id }: Pick<Whole, "plan" | "id">,
): Promise<ConvertedModel> {
  const { name } = model;
  const conversion = await readDocument<Conversion>(
    folders.conversion,
    "conversion",
  );
  refuseOtherPlan(folders.conversion, conversion.plan, id);
  if (conversion.name !== name) throw mixedUp(folders.conversion, name);

  const verdict = existsSync(folders.verdict)
    ? await readDocument<Verdict>(folders.verdict, "verdict")
    : null;
  await refuseOtherVerdict(folders, conversion);
  const wrong = contradictionIn({ conversion, verdict }, model, plan);
  if (wrong !== null) throw mixedUp(folders.conversion, name, wrong);

  const performance = existsSync(folders.performance)
    ? await readDocument<Performance>(folders.performance, "performance")
    : null;

  return { conversion, verdict, performance };
}

/** The verdict is one of the files that were staged: another job of the same model may have left this one, or none. */
async function refuseOtherVerdict(
  { verdict }: ModelFolders,
  { name, files }: Conversion,
): Promise<void> {
  const listed = files.find(isVerdict);
  if (!listed) return;

  const bytes = existsSync(verdict) ? await readFile(verdict) : "";
  const sum = createHash("sha256").update(bytes).digest("hex");
  if (sum !== listed.sha256) throw mixedUp(verdict, name);
}

function mixedUp(
  file: string,
  name: string,
  why = "the documents of two jobs were mixed",
): UsageError {
  return new UsageError(
    `${file} is not that of the conversion of ${name}: ${why}`,
    {
      code: "document-damaged",
      hint: "run the pipeline again; no other job may write into the output folder",
    },
  );
}

function lost(fleet: Fleet, { name }: PlannedModel): Failure {
  const job = jobOf(fleet, name)?.name;

  return {
    kind: "external",
    code: "no-result",
    message: `${job ? `the job "${job}"` : "the first job of the child pipeline"} left no result`,
    hint: "open that job: its runner was lost, it was cancelled, or its artifacts were not uploaded; then run the pipeline again",
  };
}

function failedModel(
  model: PlannedModel,
  { plan, id }: Whole,
  failure: Failure,
): ConvertedModel {
  const refused: PlannedModel = { ...model, decision: "refused", failure };
  const conversion = emptyConversion(refused, plan, id);

  return { conversion, verdict: null, performance: null };
}
