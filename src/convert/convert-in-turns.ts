import { statfs } from "node:fs/promises";
import type { Context } from "../context.ts";
import type { PlannedModel } from "../plan/plan.ts";
import { inParallel } from "../store/parallel.ts";
import { type ConvertedModel, convertModel } from "./convert-model.ts";
import type { ConvertStep } from "./convert-step.ts";
import { isOutOfReach, mayFetchAhead } from "./fetch-ahead.ts";
import { holdLog } from "./held-log.ts";
import { shareTime } from "./model-time.ts";
import { sayOutcome } from "./say-outcome.ts";
import { makeTurns, type Turn } from "./turns.ts";

interface Queue {
  models: readonly PlannedModel[];
  /** Engines at the same time. */
  lanes: number;
}

/** A model on its way. */
interface Started {
  ctx: Context;
  step: ConvertStep;
  model: PlannedModel;
  title: string;
  turnOf: ReturnType<typeof makeTurns>;
}

/**
 * Converts the models, so many at the same time; while their engines run, the files of the next one are fetched. What
 * goes wrong with one costs that one only; a full disk or our bug ends all and is thrown.
 */
export async function convertInTurns(
  ctx: Context,
  step: ConvertStep,
  { models, lanes }: Queue,
): Promise<ConvertedModel[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([ctx.signal, stop.signal]);
  const turnOf = makeTurns({
    lanes,
    mayFetchAhead: async (model, running) =>
      mayFetchAhead({
        level: step.isolation?.level ?? null,
        next: bytesOf(model),
        running: running.reduce((sum, other) => sum + bytesOf(other), 0),
        free: await freeBytes(step.place),
      }),
  });

  let waiting = models.filter(takesTime).length;
  const share = shareTime(step.timeLeft(), waiting);
  const oneByOne = inOrder();

  return inParallel(models, widthOf(lanes, step), async (model, index) => {
    if (takesTime(model)) waiting -= 1;
    const others = waiting;
    const started: Started = {
      ctx: { ...ctx, signal },
      step: { ...step, timeLeft: () => share(step.timeLeft(), others) },
      ...{
        model,
        turnOf,
        title: `${model.name} (${index + 1}/${models.length})`,
      },
    };

    try {
      if (!takesTime(model)) return await convert(started);

      return await (lanes > 1 ? convertBeside(started) : oneByOne(started));
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  });
}

/** Of a model that has work to do, beside those that are just passed on. */
export function takesTime({
  decision,
}: Pick<PlannedModel, "decision">): boolean {
  return decision === "convert" || decision === "recheck";
}

function widthOf(lanes: number, { isolation }: ConvertStep): number {
  return isOutOfReach(isolation?.level ?? null) ? lanes + 1 : lanes;
}

function bytesOf({ files }: Pick<PlannedModel, "files">): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** The log has one model after the other, in their order: that of the next one waits, also where it is done before. */
function inOrder(): (started: Started) => Promise<ConvertedModel> {
  let before: Promise<unknown> = Promise.resolve();

  return (started) => {
    const { ctx, model, title } = started;
    const held = holdLog(ctx.log, { progress: "held" });
    const work = convert({ ...started, ctx: { ...ctx, log: held.log } });
    const live = () => {
      held.goLive();
      return work;
    };

    const shown = before.then(async () => {
      // What was stopped before its turn has nothing to show.
      if (ctx.signal.aborted) return work;
      if (model.decision === "recheck")
        ctx.log.info(`${title}: checked again without converting`);

      const converted = await (model.decision === "convert"
        ? ctx.log.section(`Convert ${title} with ${model.engine}`, live)
        : live());
      sayOutcome(ctx, title, converted);

      return converted;
    });

    // Who waits for both gets the failure; nobody waits for the work itself before its turn.
    work.catch(() => undefined);
    before = shown.catch(() => undefined);

    return shown;
  };
}

/** Its lines come together, when it is done. */
async function convertBeside(started: Started): Promise<ConvertedModel> {
  const { ctx, model, title } = started;
  const { log, release } = holdLog(ctx.log, { progress: "shown" });
  if (model.decision === "recheck")
    log.info(`${title}: checked again without converting`);

  try {
    const converted = await convert({ ...started, ctx: { ...ctx, log } }, () =>
      ctx.log.info(`${title}: started`),
    );
    sayOutcome({ log }, title, converted);

    return converted;
  } finally {
    await ctx.log.section(title, async () => release());
  }
}

async function convert(
  { ctx, step, model, turnOf }: Started,
  onEngine: () => void = () => undefined,
): Promise<ConvertedModel> {
  const turn: Turn = turnOf(model, { signal: ctx.signal, onEngine });

  try {
    return await convertModel(ctx, step, { model, turn });
  } finally {
    turn.end();
  }
}
