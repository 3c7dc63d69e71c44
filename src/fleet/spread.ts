import { UsageError } from "../errors.ts";
import type { PlannedModel } from "../plan/plan.ts";

/** What a model costs beside its size: the start of its engine, and the cases, whatever it weighs. */
export const START_COST = 32 << 20;

/** The models of one job, all of one engine. */
export interface Batch {
  engine: string;
  models: string[];
  /** Bytes of its models, and START_COST for each; where it is known what models took, as many as take that long. */
  cost: number;
}

type Weighed = Pick<
  PlannedModel,
  "name" | "engine" | "decision" | "files" | "seconds"
>;

/**
 * Spreads the models that take work over at most `maxJobs` jobs of about the same cost; a job has one engine. A model
 * weighs what it took last, else its size at the pace of the others, else its size. The same plan gives the same batches.
 * Empty where nothing takes work. Throws `UsageError` where there are more engines than jobs.
 */
export function spreadModels(
  models: readonly Weighed[],
  maxJobs: number,
): Batch[] {
  const work = models.filter(({ decision }) => takesWork(decision));
  const engines = byEngine(work);
  if (engines.length > maxJobs)
    throw new UsageError(
      `${engines.length} engines need a job each, and max-jobs is ${maxJobs}`,
      {
        code: "setting",
        hint: `set \`--max-jobs\` (input max-jobs) to ${engines.length} or more`,
      },
    );

  return shares(engines, maxJobs).flatMap(({ engine, queue, jobs }) =>
    fill(engine, queue, jobs),
  );
}

function takesWork(decision: PlannedModel["decision"]): boolean {
  return decision === "convert" || decision === "recheck";
}

interface Queue {
  engine: string;
  /** The dearest first. */
  queue: { name: string; cost: number }[];
}

function byEngine(work: readonly Weighed[]): Queue[] {
  const names = [...new Set(work.map(({ engine }) => engine))].sort();
  const costOf = weigher(work);

  return names.map((engine) => ({
    engine,
    queue: work
      .filter((model) => model.engine === engine)
      .map((model) => ({ name: model.name, cost: costOf(model) }))
      .sort((a, b) => b.cost - a.cost || (a.name < b.name ? -1 : 1)),
  }));
}

/** What each of these models weighs, in bytes: as many as the ones that are known would have for its seconds. */
function weigher(work: readonly Weighed[]): (model: Weighed) => number {
  const pace = paceOf(work);
  if (pace === null) return bytesOf;

  const engines = [...new Set(work.map(({ engine }) => engine))];
  const paces = new Map(
    engines.map((name) => [
      name,
      paceOf(work.filter(({ engine }) => engine === name)),
    ]),
  );

  return (model) => {
    const own = paces.get(model.engine) ?? pace;
    const seconds = model.seconds ?? bytesOf(model) * own;
    return Math.max(1, Math.round(seconds / pace));
  };
}

/** Seconds per byte of those that are known; null where none is. */
function paceOf(models: readonly Weighed[]): number | null {
  let [seconds, bytes] = [0, 0];
  for (const model of models) {
    if (model.seconds === undefined) continue;
    seconds += model.seconds;
    bytes += bytesOf(model);
  }

  return bytes > 0 ? seconds / bytes : null;
}

function bytesOf({ files }: Weighed): number {
  return files.reduce((sum, { size }) => sum + size, START_COST);
}

interface Share extends Queue {
  jobs: number;
}

/** One job for each engine, and each further one where a job would be the longest. */
function shares(engines: readonly Queue[], maxJobs: number): Share[] {
  const shared: Share[] = engines.map((queue) => ({ ...queue, jobs: 1 }));
  for (let free = maxJobs - shared.length; free > 0; free--) {
    const longest = shared
      .filter(({ jobs, queue }) => jobs < queue.length)
      .sort((a, b) => lengthOf(b) - lengthOf(a))[0];
    if (!longest) break;

    longest.jobs += 1;
  }

  return shared;
}

function lengthOf({ queue, jobs }: Share): number {
  return queue.reduce((sum, { cost }) => sum + cost, 0) / jobs;
}

/** Each model goes where least is, the dearest first. */
function fill(engine: string, queue: Queue["queue"], jobs: number): Batch[] {
  const batches: Batch[] = Array.from({ length: jobs }, () => ({
    ...{ engine, models: [], cost: 0 },
  }));

  for (const { name, cost } of queue) {
    const least = batches.reduce((a, b) => (b.cost < a.cost ? b : a));
    least.models.push(name);
    least.cost += cost;
  }

  return batches;
}
