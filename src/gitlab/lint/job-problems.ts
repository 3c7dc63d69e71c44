import { isObject } from "../../document/json-object.ts";
import type { OurInclude } from "./our-includes.ts";
import type { PipelineFile } from "./pipeline-file.ts";
import type { PipelineProblem } from "./pipeline-problem.ts";
import { rulesTake } from "./rules.ts";
import {
  ALL,
  MERGED,
  OPEN_REQUEST,
  PUSHED,
  SCHEDULED,
  type Scenario,
} from "./scenario.ts";
import { and, type Truth } from "./truth.ts";

/** Keys of a job that replace what the component's job is there for. */
const REPLACING = ["script", "run", "trigger"];
const REPORTS = ["junit", "codequality", "annotations"];

/** A pipeline's rules and those of the job in it; the job's own are null where nobody overrides them. */
interface Effective {
  workflow: unknown[] | null;
  override: unknown[] | null;
  given: unknown[];
  when: unknown[] | null;
}

/** What the project's own job of that name does to ours, and pipelines that leave it out. */
export function jobProblems(
  { keys }: PipelineFile,
  include: OurInclude,
  defaults: unknown[],
): PipelineProblem[] {
  const own = include.job === null ? undefined : keys[include.job];
  const job = isObject(own) ? own : {};
  const workflow = isObject(keys.workflow) ? keys.workflow.rules : null;

  const effective: Effective = {
    workflow: Array.isArray(workflow) ? workflow : null,
    override: Array.isArray(job.rules) ? job.rules : null,
    given: include.rules ?? defaults,
    when: include.when,
  };

  return [...replaced(include, job), ...lost(include, effective, defaults)];
}

function replaced(
  { job }: OurInclude,
  own: Record<string, unknown>,
): PipelineProblem[] {
  const keys = [
    ...Object.keys(own).filter((key) => REPLACING.includes(key)),
    ...artifactsOf(own.artifacts),
    ...Object.keys(isObject(own.variables) ? own.variables : {})
      .filter((name) => name.startsWith("MODEL_TO_EDGE_"))
      .map((name) => `variables: ${name}`),
  ];
  if (keys.length === 0) return [];

  return [
    {
      code: "job-replaced",
      says: `the project has its own job ${job}, which replaces these settings of the component's job: ${keys.join(", ")}`,
      fix: "give that job another name; the component's job is configured by the inputs of its include",
    },
  ];
}

function artifactsOf(artifacts: unknown): string[] {
  if (!isObject(artifacts)) return [];
  const reports = isObject(artifacts.reports) ? artifacts.reports : {};

  return [
    ...(artifacts.paths === undefined ? [] : ["artifacts: paths"]),
    ...Object.keys(reports)
      .filter((name) => REPORTS.includes(name))
      .map((name) => `artifacts: reports: ${name}`),
  ];
}

/** Rules that a person gave are for pipelines of his own choice: then any will do. */
function lost(
  include: OurInclude,
  effective: Effective,
  defaults: unknown[],
): PipelineProblem[] {
  const made = MADE_FOR[include.template];
  if (include.rules !== null)
    return lostIn(include, effective, {
      ...{ scenarios: ALL, own: made.own, defaults },
      where: "any known kind of pipeline",
    });

  const kinds = include.startsOnPush ? [made, STARTED_BY_STORE] : [made];

  return kinds.flatMap((kind) =>
    lostIn(include, effective, { ...kind, defaults }),
  );
}

/** Pipelines that a job is made for. */
interface Kind {
  scenarios: readonly Scenario[];
  /** Condition by which `workflow:` takes them. */
  own: string;
  /** In words. */
  where: string;
}

interface Wanted extends Kind {
  defaults: unknown[];
}

function lostIn(
  include: OurInclude,
  effective: Effective,
  { scenarios, own, defaults, where }: Wanted,
): PipelineProblem[] {
  if (!isLost(effective, scenarios)) return [];

  const cures = curesOf(own, effective, defaults);
  const cure = cures.find(({ after }) => !isLost(after, scenarios));

  return [
    {
      code: "job-lost",
      says: `by the rules of ${blamed(effective, scenarios)}, no pipeline of ${where} has the job ${include.job ?? "of the component"}`,
      fix: cure?.says ?? "check these rules: no single change to them helps",
    },
  ];
}

/** In none of these pipelines is the job: this is certain. */
function isLost(effective: Effective, scenarios: readonly Scenario[]): boolean {
  return scenarios.every((scenario) => hasJob(effective, scenario) === false);
}

function hasJob(
  { workflow, override, given, when }: Effective,
  { known }: Scenario,
): Truth {
  const take = (rules: unknown[] | null) =>
    rules === null ? true : rulesTake(rules, known);

  return [workflow, when, override ?? given].map(take).reduce(and, true);
}

function blamed(effective: Effective, scenarios: readonly Scenario[]): string {
  const without = isLost({ ...effective, workflow: null }, scenarios);
  if (!without) return "workflow:";

  return effective.override
    ? "the project's own job of that name"
    : "the include";
}

interface Cure {
  says: string;
  after: Effective;
}

/** Changes that people can make, the smallest first; each is tried before it is said. */
function curesOf(
  own: string,
  effective: Effective,
  defaults: unknown[],
): Cure[] {
  const added = [own, ...conditionsOf(effective.given)];
  const inWorkflow = added.map((condition) => ({
    says: `put \`- if: ${condition}\` first in \`workflow: rules:\``,
    workflow: [{ if: condition }, ...(effective.workflow ?? [])],
  }));

  const changes: { says: string; change: Partial<Effective> }[] = [
    {
      says: "take the rules out of the project's own job of that name",
      change: { override: null },
    },
    {
      says: "take the rules out of the include, beside its component",
      change: { when: null },
    },
    {
      says: "take the rules out of the include's inputs",
      change: { given: defaults },
    },
  ];

  const simple = changes.map(({ says, change }) => ({
    says,
    after: { ...effective, ...change },
  }));
  if (effective.workflow === null) return simple;

  return [
    ...inWorkflow.map(({ says, workflow }) => ({
      says,
      after: { ...effective, workflow },
    })),
    ...simple,
    ...changes.flatMap(({ says, change }) =>
      inWorkflow.map((each) => ({
        says: `${says}, and ${each.says}`,
        after: { ...effective, ...change, workflow: each.workflow },
      })),
    ),
  ];
}

const STARTED_BY_STORE: Kind = {
  own: '$CI_PIPELINE_SOURCE == "trigger"',
  scenarios: PUSHED,
  where: "a push to lakeFS",
};

const ON_MAIN: Kind = {
  own: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
  scenarios: MERGED,
  where: "a push to the default branch",
};

const ON_REQUEST: Kind = {
  own: "$CI_MERGE_REQUEST_IID",
  scenarios: OPEN_REQUEST,
  where: "a push to a branch with an open merge request",
};

const MADE_FOR: Record<OurInclude["template"], Kind> = {
  convert: ON_REQUEST,
  "convert-fleet": ON_REQUEST,
  land: ON_MAIN,
  promote: ON_MAIN,
  sweep: {
    own: '$CI_PIPELINE_SOURCE == "schedule"',
    scenarios: SCHEDULED,
    where: "a schedule of the default branch",
  },
};

/** Conditions by which rules take a pipeline. */
function conditionsOf(rules: readonly unknown[]): string[] {
  return rules
    .filter(isObject)
    .flatMap(({ if: condition, when }) =>
      typeof condition === "string" && when !== "never" ? [condition] : [],
    );
}
