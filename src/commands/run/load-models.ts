import { existsSync } from "node:fs";
import type { Context } from "../../context.ts";
import { contradictionIn, isVerdict } from "../../convert/contradiction.ts";
import { type Conversion, emptyConversion } from "../../convert/conversion.ts";
import type { ConvertedModel } from "../../convert/convert-model.ts";
import { type ModelFolders, modelFolders } from "../../convert/workspace.ts";
import { hashFile } from "../../disk/hash-file.ts";
import { readDocument } from "../../document/document.ts";
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
  const listed = conversion.files.find(isVerdict);
  await refuseOther(folders.verdict, conversion, listed?.sha256);
  const wrong = contradictionIn({ conversion, verdict }, model, plan);
  if (wrong !== null) throw mixedUp(folders.conversion, name, wrong);

  await refuseOther(folders.performance, conversion, conversion.performance);
  // What it does not name is not told: its conversion ended in the middle.
  const performance =
    conversion.performance === undefined
      ? null
      : await readDocument<Performance>(folders.performance, "performance");

  return { conversion, verdict, performance };
}

/** The conversion names what lies beside it by its sha256: another job of the same model may have left this one, or none. */
async function refuseOther(
  file: string,
  { name }: Conversion,
  sum: string | undefined,
): Promise<void> {
  if (sum === undefined) return;

  const found = existsSync(file) ? await hashFile(file) : null;
  if (found !== sum) throw mixedUp(file, name);
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
