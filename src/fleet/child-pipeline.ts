import { stringify } from "yaml";
import { optionVariable } from "../environment/environment.ts";
import type { ChildTokens } from "./id-tokens.ts";
import { convertJobName } from "./job-name.ts";
import type { Batch } from "./spread.ts";

/** Where a job runs. */
export interface Runner {
  image: string;
  /** None: any runner that takes untagged jobs. */
  tags: readonly string[];
}

/** A value of a job's variable; `expand: false`: a `$` in it is no variable. */
export type VariableValue = string | { value: string; expand: false };

/** All that the child pipeline holds, beside the batches. */
export interface ChildWish {
  /** Whose artifacts hold the plan: id of the parent pipeline, and name of its job. */
  parent: { pipeline: string; job: string };
  /** What the names of the jobs without a model begin with. */
  name: string;
  /** Output folder of the jobs, relative to the project. */
  out: string;
  /** Of the jobs that convert nothing. */
  small: Runner;
  engineRunner(engine: string): Runner;
  variables: Readonly<Record<string, VariableValue>>;
  tokens: ChildTokens;
  /** As `--timeout` takes it, such as `1h30m`. */
  timeout: string;
  /** How often a convert job is tried again, 0 to 2. */
  retry: number;
  interruptible: boolean;
  /** As GitLab takes it, such as `30 days`. */
  expireIn: string;
}

type Job = Record<string, unknown>;

/**
 * The child pipeline of a plan: a job for each batch, then one that publishes, then one that reports. Without a batch
 * there is no convert job. Text of YAML, and how many jobs it has. No job needs another by name: a stage waits for the
 * one before, so that the limit of `needs` holds whatever the number of jobs.
 */
export function childPipeline(
  batches: readonly Batch[],
  wish: ChildWish,
): { text: string; jobs: number } {
  const jobs: Record<string, Job> =
    batches.length === 0 ? idleJobs(wish) : workJobs(batches, wish);
  const pipeline = {
    // Without it, GitLab leaves out all jobs in the child of a merge request's pipeline.
    workflow: { rules: [{ when: "always" }] },
    stages: ["start", "convert", "publish", "report"],
    variables: {
      ...wish.variables,
      [optionVariable("out")]: wish.out,
      RUNNER_SCRIPT_TIMEOUT: `${wish.timeout}2m`,
    },
    ...jobs,
  };

  const visible = Object.keys(jobs).filter((name) => !name.startsWith("."));

  return {
    text: stringify(pipeline, { lineWidth: 0, aliasDuplicateObjects: false }),
    jobs: visible.length,
  };
}

/** The child pipeline of a project where there is nothing to plan: GitLab refuses one without a job. */
export function emptyChildPipeline(small: Runner, name: string): string {
  return stringify({
    workflow: { rules: [{ when: "always" }] },
    [name]: { ...runnerKeys(small), script: ["true"] },
  });
}

function workJobs(
  batches: readonly Batch[],
  wish: ChildWish,
): Record<string, Job> {
  const engines = [...new Set(batches.map(({ engine }) => engine))];

  return {
    ".convert": {
      ...common(wish),
      stage: "convert",
      retry: retryOf(wish.retry),
      script: ["model-to-edge convert"],
      artifacts: artifactsOf(wish, modelDocuments(wish.out)),
    },
    ...Object.fromEntries(
      engines.map((engine) => [
        `.convert-${engine}`,
        { extends: ".convert", ...runnerKeys(wish.engineRunner(engine)) },
      ]),
    ),
    [`${wish.name}-start`]: {
      ...firstJob(wish, "start"),
      script: ["model-to-edge convert"],
      artifacts: artifactsOf(wish, [
        ...["plan.json", "fleet.json"].map((file) => `${wish.out}/${file}`),
        ...modelDocuments(wish.out),
      ]),
    },
    ...Object.fromEntries(
      batches.map((batch, index) => [
        convertJobName(index + 1, batch),
        {
          extends: `.convert-${batch.engine}`,
          variables: { [optionVariable("batch")]: String(index + 1) },
        },
      ]),
    ),
    [`${wish.name}-publish`]: {
      ...smallJob(wish, "publish"),
      ...publishTokens(wish),
      when: "always",
      script: ["model-to-edge publish"],
      artifacts: artifactsOf(wish, [`${wish.out}/publication.json`]),
    },
    ...reportJob(wish),
  };
}

/** Nothing to convert: what is known of each model is written by the job that publishes. */
function idleJobs(wish: ChildWish): Record<string, Job> {
  return {
    [`${wish.name}-publish`]: {
      ...firstJob(wish, "publish"),
      ...publishTokens(wish),
      script: ["model-to-edge convert", "model-to-edge publish"],
      artifacts: artifactsOf(wish, [
        `${wish.out}/*.json`,
        ...modelDocuments(wish.out),
      ]),
    },
    ...reportJob(wish),
  };
}

function reportJob(wish: ChildWish): Record<string, Job> {
  const { out } = wish;
  const report = `${out}/report`;

  return {
    [`${wish.name}-report`]: {
      ...smallJob(wish, "report"),
      when: "always",
      // A report that was written is not written again: a run in MLflow would be recorded twice.
      retry: { max: wish.retry, when: ["runner_system_failure"] },
      script: ["model-to-edge report"],
      artifacts: {
        ...artifactsOf(wish, [
          `${out}/*.json`,
          ...modelDocuments(out),
          `${report}/`,
        ]),
        reports: {
          junit: `${report}/junit.xml`,
          codequality: `${report}/code-quality.json`,
          annotations: `${report}/annotations.json`,
        },
      },
    },
  };
}

/** What all jobs have. */
function common({ timeout, interruptible, tokens }: ChildWish): Job {
  return {
    ...{ timeout: `${timeout} 10m`, interruptible },
    ...tokenKeys(tokens.store),
  };
}

/** The one that publishes signs, too. */
function publishTokens({ tokens: { store, signing } }: ChildWish): Job {
  return tokenKeys({ ...store, ...signing });
}

function tokenKeys(tokens: ChildTokens["store"]): Job {
  return Object.keys(tokens).length > 0 ? { id_tokens: tokens } : {};
}

/** A job without an engine; its name reaches the command line, which checks that it is this one. */
function smallJob(wish: ChildWish, stage: string): Job {
  return {
    ...common(wish),
    ...runnerKeys(wish.small),
    stage,
    retry: retryOf(wish.retry),
    variables: { [optionVariable("job-name")]: `${wish.name}-${stage}` },
  };
}

/** A small job that gets the plan from a job of the parent pipeline, and does what no batch does. */
function firstJob(wish: ChildWish, stage: string): Job {
  const job = smallJob(wish, stage);
  const { pipeline, job: planJob } = wish.parent;

  return {
    ...job,
    variables: { ...(job.variables as Job), [optionVariable("batch")]: "0" },
    needs: [{ pipeline, job: planJob }],
  };
}

function runnerKeys({ image, tags }: Runner): Job {
  return { image, ...(tags.length > 0 ? { tags: [...tags] } : {}) };
}

function retryOf(max: number): Job {
  return { max, when: ["runner_system_failure"], exit_codes: [3] };
}

function artifactsOf({ expireIn }: ChildWish, paths: string[]): Job {
  return { when: "always", access: "developer", expire_in: expireIn, paths };
}

/** Documents, logs, previews, and the small files that reports show; never a model. */
function modelDocuments(out: string): string[] {
  const of = [
    ...["*.json", "engine.log", "previews/*.png"],
    ...["files/contract.json", "files/*.param.yaml", "evidence/report.html"],
  ];

  return of.map((file) => `${out}/models/*/${file}`);
}
