import { join } from "node:path";
import { availableCores } from "../child/available-cores.ts";
import type { Context } from "../context.ts";
import type { Shelf } from "../disk/shelf.ts";
import { nvidiaDevices } from "../engine/device.ts";
import { engineEnvironment } from "../engine/environment.ts";
import { chooseIsolation } from "../engine/isolation.ts";
import type { Isolation } from "../engine/isolation-level.ts";
import { readablePackage } from "../engine/readable-package.ts";
import { engineReads } from "../engine/run-engine.ts";
import type { Plan, PlannedModel } from "../plan/plan.ts";
import { planId } from "../plan/plan-id.ts";
import { digestOf, planEngines } from "../plan/plan-inputs.ts";
import type { Store } from "../store/store.ts";
import { refuseTwins } from "../store/twins.ts";
import { errorPage } from "../text/docs-address.ts";
import { freeMemory } from "../validate/worker/memory-room.ts";
import type { Conversion } from "./conversion.ts";
import { convertInTurns, takesTime } from "./convert-in-turns.ts";
import type { ConvertedModel } from "./convert-model.ts";
import type { ConvertStep, ReadyEngine } from "./convert-step.ts";
import { lanesOf } from "./lanes.ts";
import { withPrivatePlace } from "./private-place.ts";
import { type JobKey, refuseExposedKey } from "./refuse-exposed-key.ts";
import { folderName } from "./workspace.ts";

export interface ConvertAllRequest {
  plan: Plan;
  store: Pick<Store, "snapshot" | "draft">;
  /** Absolute path of `--out`. */
  out: string;
  isolation: "auto" | "required" | "none";
  /** Null where the job has no signing key. */
  key: JobKey | null;
  /** Models at the same time; `auto`: as many as the machine has room for. */
  jobs: number | "auto";
  /** Milliseconds until the deadline. */
  timeLeft(): number;
  writeModelPage: ConvertStep["writeModelPage"];
  /** Names of the models that this job does; absent: all of the plan. */
  only?: ReadonlySet<string>;
  shownPlaces?: ConvertStep["shownPlaces"];
  /** Absent: nothing is kept for another job, and nothing is taken over. */
  left?: ConvertStep["left"];
  /** Other jobs fill the same draft. */
  isShared?: boolean;
  /** Where conversions of unchanged models are kept; absent: in memory. */
  shelf?: Shelf;
  /** Of the plan, where the caller knows it. */
  planId?: string;
}

/** What steps ask of all conversions, whatever they do. */
const LIGHT: readonly (keyof Conversion)[] = [
  ...(["name", "status", "ships", "failure", "isolation", "timeline"] as const),
];

/** The models of a plan, or a part of them, up to `jobs` at the same time: what goes wrong with one costs that one only. */
export async function convertAll(
  ctx: Context,
  request: ConvertAllRequest,
): Promise<ConvertedModel[]> {
  const { plan, only } = request;
  const models = plan.models.filter(({ name }) => only?.has(name) ?? true);
  if (models.length === 0) return [];

  return withPrivatePlace((place) =>
    convertEach(ctx, { ...request, models }, place),
  );
}

async function convertEach(
  given: Context,
  request: ConvertAllRequest & { models: readonly PlannedModel[] },
  place: string,
): Promise<ConvertedModel[]> {
  const { plan, store, models: chosen, isShared = false } = request;
  await refuseTwins(
    join(request.out, "models"),
    chosen.map(({ name }) => folderName(name)),
  );

  const work = chosen.filter(({ decision }) => decision === "convert");
  const used = await usedEngines(
    given,
    chosen.filter(({ decision }) => decision !== "unchanged"),
  );
  const { ctx, engines } = await readablePackage(given, used, place);
  const isolation =
    work.length > 0
      ? await reachIsolation(ctx, request, {
          reads: engineFolders(ctx, engines),
          work,
        })
      : null;
  const step = {
    plan,
    planId: request.planId ?? planId(plan),
    keep: request.shelf?.keeper<Conversion>(LIGHT) ?? ((done) => done),
    snapshot: await store.snapshot(plan.store.branch, plan.store.snapshot),
    draft: plan.draft ? store.draft(plan.draft, { isShared }) : null,
    left: request.left ?? null,
    out: request.out,
    place,
    engines,
    isolation,
    image: digestOf(ctx.environment.ci.jobImage),
    timeLeft: request.timeLeft,
    writeModelPage: request.writeModelPage,
    shownPlaces: request.shownPlaces,
  };

  const lanes = await sayLanes(ctx, request.jobs, isolation, chosen);

  return convertInTurns(ctx, step, { models: chosen, lanes });
}

/** Says how many at once, where that is not one, or not what was asked for. */
async function sayLanes(
  ctx: Context,
  wish: number | "auto",
  isolation: Isolation | null,
  chosen: readonly PlannedModel[],
): Promise<number> {
  const { count, because } = lanesOf({
    ...{ wish, isolation, models: chosen.filter(takesTime) },
    ...{ cores: availableCores(), memory: freeMemory() },
    gpus: await nvidiaDevices(ctx.environment.visibleGpus),
  });
  if (count > 1) ctx.log.info(`jobs: up to ${count} models side by side`);
  if (because !== null) ctx.log.info(`jobs: ${count} at a time, ${because}`);

  return count;
}

/** The engines that the models need, each with its environment: asking an interpreter takes a process. */
async function usedEngines(
  ctx: Context,
  models: readonly PlannedModel[],
): Promise<ReadyEngine[]> {
  const used = new Set(models.map(({ engine }) => engine));
  const engines = (await planEngines(ctx)).filter(({ engine }) =>
    used.has(engine.name),
  );

  return Promise.all(
    engines.map(async ({ engine, recipe }) => ({
      ...engine,
      recipe,
      environment: await engineEnvironment(ctx, engine),
    })),
  );
}

function engineFolders(
  ctx: Context,
  engines: readonly ReadyEngine[],
): string[] {
  return engines.flatMap((engine) =>
    engineReads(ctx.root, engine, engine.environment),
  );
}

/** Another user must be able to read the engines that are used, and to reach the place: the choice depends on both. */
async function reachIsolation(
  ctx: Context,
  { isolation: wanted, key }: ConvertAllRequest,
  { reads, work }: { reads: readonly string[]; work: readonly PlannedModel[] },
): Promise<Isolation> {
  const isolation = await chooseIsolation(ctx, wanted, reads);
  const line = `isolation: ${isolation.says}`;

  if (isolation.level === "none") ctx.log.warn(line, "isolation.md");
  else ctx.log.info(line);

  const exposed = refuseExposedKey(key, isolation, work);
  if (exposed !== null) ctx.log.warn(exposed, errorPage("signing-key-exposed"));

  return isolation;
}
