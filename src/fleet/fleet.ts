import { UsageError } from "../errors.ts";

/** `fleet.json`: which job of the child pipeline does which models. Made by `fleet`, read by the jobs and by `publish`. */
export interface Fleet {
  kind: "fleet";
  version: 2;
  /** Version of the program: the images of all jobs must have this one. */
  program: string;
  /** The plan that it spreads, see `planId`. */
  plan: string;
  /** Number N of the list, from 1, does the models of `convert --batch N`; batch 0 does all others. */
  jobs: FleetJob[];
}

export interface FleetJob {
  /** Of the job in the child pipeline. */
  name: string;
  engine: string;
  models: string[];
  /** What its models weigh against those of other jobs, in bytes: by what they took last where that is known. */
  cost: number;
}

/** Names of the models that a batch does. Throws `UsageError` where the fleet has no such batch. */
export function modelsOfBatch(
  fleet: Fleet,
  batch: number,
  all: readonly string[],
): ReadonlySet<string> {
  if (batch === 0) {
    const spread = new Set(fleet.jobs.flatMap(({ models }) => models));
    return new Set(all.filter((name) => !spread.has(name)));
  }

  const job = fleet.jobs[batch - 1];
  if (!job)
    throw new UsageError(
      `there is no batch ${batch}: fleet.json has ${fleet.jobs.length}`,
      {
        code: "batch-unknown",
        hint: "run the jobs of the child pipeline that was made with this fleet.json",
      },
    );

  return new Set(job.models);
}

/** The job that does a model, by its name; null for batch 0. */
export function jobOf(fleet: Fleet, model: string): FleetJob | null {
  return fleet.jobs.find(({ models }) => models.includes(model)) ?? null;
}
