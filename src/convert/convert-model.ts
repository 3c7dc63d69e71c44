import { join } from "node:path";
import type { Context } from "../context.ts";
import { namingOther } from "../disk/not-writable.ts";
import { removeTree } from "../disk/remove-tree.ts";
import { OTHER_TEMPORARY } from "../disk/temporary-folder.ts";
import { writeDocument } from "../document/document.ts";
import { toFailure } from "../errors.ts";
import type { PlannedModel } from "../plan/plan.ts";
import { type Span, spanOf } from "../timeline.ts";
import type { Performance } from "../validate/performance/measurement.ts";
import type { Verdict } from "../validate/verdict.ts";
import { type Conversion, emptyConversion } from "./conversion.ts";
import type { ConvertStep } from "./convert-step.ts";
import { download } from "./download.ts";
import { exportModel } from "./export-model.ts";
import { fetchLeft } from "./fetch-left.ts";
import { fetchProved } from "./fetch-proved.ts";
import { startModelClock } from "./model-time.ts";
import { freshFolder } from "./private-place.ts";
import { failed, type Progress, type Workplace } from "./progress.ts";
import { prove } from "./prove.ts";
import { stage } from "./stage.ts";
import type { Turn } from "./turns.ts";
import {
  folderName,
  freshFolders,
  freshRoot,
  type ModelFolders,
  modelFolders,
} from "./workspace.ts";

export interface ConvertedModel {
  conversion: Conversion;
  verdict: Verdict | null;
  performance: Performance | null;
}

/** In their order; each takes what is known of the model and returns what is known after it. The names are those of the timings. */
const STAGES = [
  { name: "download", run: download },
  { name: "engine", run: exportOrFetch },
  { name: "validate", run: prove },
  { name: "stage", run: stage },
] as const;

/** The engine makes the files, or what it made before is fetched. */
function exportOrFetch(
  place: Workplace,
  progress: Progress,
): Promise<Progress> {
  if (progress.model.decision !== "recheck")
    return exportModel(place, progress);

  return progress.left
    ? fetchLeft(place, progress)
    : fetchProved(place, progress);
}

/** One model from download to staged. What goes wrong with the model is data; a full disk or our bug is thrown. */
export async function convertModel(
  ctx: Context,
  step: ConvertStep,
  { model, turn }: { model: PlannedModel; turn: Turn },
): Promise<ConvertedModel> {
  const folders = modelFolders(step.out, model.name);
  const ended = !["convert", "recheck"].includes(model.decision);
  if (ended) return untouched(step, folders, model);

  await freshFolders(folders);

  const { conversion, validation } = await inItsTime(ctx, step, (own) =>
    walk(
      {
        ...{ ...own, turn, folders },
        work: join(step.place, folderName(model.name)),
      },
      model,
    ),
  );
  ctx.signal.throwIfAborted();
  await writeDocument(folders.conversion, "conversion", conversion);

  return {
    conversion,
    verdict: validation?.verdict ?? null,
    performance: validation?.performance ?? null,
  };
}

/** What the plan decided, and nothing else: there is no work to do. */
async function untouched(
  { plan, planId, keep }: Pick<ConvertStep, "plan" | "planId" | "keep">,
  folders: ModelFolders,
  model: PlannedModel,
): Promise<ConvertedModel> {
  const conversion = emptyConversion(model, plan, planId);
  await freshRoot(folders);
  await writeDocument(folders.conversion, "conversion", conversion);

  return { conversion: keep(conversion), verdict: null, performance: null };
}

/** The run's context and step, with the model's share of the time. */
async function inItsTime<T>(
  ctx: Context,
  step: ConvertStep,
  work: (own: { ctx: Context; step: ConvertStep }) => Promise<T>,
): Promise<T> {
  const { signal, timeLeft, stop } = startModelClock(
    ctx.signal,
    step.timeLeft(),
  );

  try {
    return await work({ ctx: { ...ctx, signal }, step: { ...step, timeLeft } });
  } finally {
    stop();
  }
}

/** Through the stages until one ends the way: failed, or staged. */
async function walk(place: Workplace, model: PlannedModel): Promise<Progress> {
  let progress: Progress = {
    model,
    conversion: emptyConversion(model, place.step.plan, place.step.planId),
    validation: null,
    ended: false,
  };

  try {
    await freshFolder(place.work);

    for (const { name, run } of STAGES) {
      if (progress.ended) break;
      await waitFor(name, place);

      const [start, from] = [performance.now(), place.ctx.now()];
      const after = await run(place, progress);
      const took = performance.now() - start;
      progress = withTime(after, spanOf(name, from, place.ctx.now()), took);
    }
  } catch (error) {
    progress = failed(place, progress, toFailure(whereWritten(place, error)));
  } finally {
    await clear(place);
  }

  return progress;
}

/** An error of a file below one of the model's two folders names what to choose in place of that. */
function whereWritten({ ctx, step, work }: Workplace, error: unknown): unknown {
  const named = namingOther(error, { folder: work, other: OTHER_TEMPORARY });
  const { otherOut } = ctx;

  return otherOut === undefined
    ? named
    : namingOther(named, { folder: step.out, other: otherOut });
}

/** A stage that others keep waiting begins later: what it waits is in no timing. */
async function waitFor(
  stage: (typeof STAGES)[number]["name"],
  { ctx, turn }: Workplace,
): Promise<void> {
  if (stage === "download") await turn.download(ctx.signal);
  if (stage === "engine") await turn.engine(ctx.signal);
}

/** What cannot be removed now is tried again with the whole place, at the end of the run. */
async function clear({ ctx, work }: Workplace): Promise<void> {
  await removeTree(work).catch((error: Error) =>
    ctx.log.warn(`${work} could not be removed yet: ${error.message}`),
  );
}

/** Milliseconds in, seconds in the document. */
function withTime(progress: Progress, span: Span, ms: number): Progress {
  const { conversion } = progress;
  const timings = {
    ...conversion.timings,
    [span.step]: Math.round(ms) / 1000,
  };
  const timeline = [...(conversion.timeline ?? []), span];

  return { ...progress, conversion: { ...conversion, timings, timeline } };
}
