import { inputProblems } from "./input-problems.ts";
import { jobProblems } from "./job-problems.ts";
import {
  jobsIncludedTwice,
  type OurInclude,
  ourIncludes,
  storesLandedInParts,
} from "./our-includes.ts";
import type { PipelineFile } from "./pipeline-file.ts";
import type { PipelineProblem } from "./pipeline-problem.ts";

/** What a component's own file says of it. */
export interface ComponentSpec {
  /** Names of its inputs. */
  inputs: string[];
  /** Its default rules. */
  rules: unknown[];
}

export type ComponentSpecs = Record<OurInclude["template"], ComponentSpec>;

const DEFAULT_STAGES = ["build", "test", "deploy"];

/** What GitLab would do to our jobs without a word, or refuse with one that names no cure. */
export function lintPipeline(
  file: PipelineFile,
  specs: ComponentSpecs,
): PipelineProblem[] {
  const ours = ourIncludes(file.includes);
  if (ours.length === 0) return [];

  return [
    ...keysTwice(file, ours),
    ...jobsTwice(ours),
    ...landedInParts(ours),
    ...ours.flatMap((include) => [
      ...inputProblems(include, specs[include.template].inputs),
      ...stageMissing(file, include),
      ...jobProblems(file, include, specs[include.template].rules),
    ]),
  ];
}

function keysTwice(
  { twice }: PipelineFile,
  ours: readonly OurInclude[],
): PipelineProblem[] {
  const matter = [
    "include",
    "workflow",
    "stages",
    ...ours.map(({ job }) => job),
  ];

  return twice
    .filter((key) => matter.includes(key))
    .map((key) => ({
      code: "key-twice",
      says: `${key}: is defined twice in one file: the later one replaces the earlier one`,
      fix: `make one ${key}: of both`,
    }));
}

function jobsTwice(ours: readonly OurInclude[]): PipelineProblem[] {
  return jobsIncludedTwice(ours).map((job) => ({
    code: "included-twice",
    says: `the component is included twice for one job, ${job}: the later include replaces the earlier one`,
    fix: "give one of them a name of its own, such as `job-prefix: second-` in its inputs",
  }));
}

function landedInParts(ours: readonly OurInclude[]): PipelineProblem[] {
  return storesLandedInParts(ours).map((store) => ({
    code: "landed-in-parts",
    says: `${store} has several includes of land, each with a model-path of its own: after the first landing the whole data branch counts as landed, and the models of the others are not checked`,
    fix: "give each of these folders a store of its own",
  }));
}

function stageMissing(
  { keys }: PipelineFile,
  { job, stage }: OurInclude,
): PipelineProblem[] {
  const stages = Array.isArray(keys.stages) ? keys.stages : DEFAULT_STAGES;
  if (stage.includes("$") || [".pre", ".post", ...stages].includes(stage))
    return [];

  return [
    {
      code: "stage-missing",
      says: `the stage ${stage} of ${job ?? "our job"} is not among stages: ${stages.join(", ")}`,
      fix: `add ${stage} to stages:, or name one of them in the include's inputs: \`stage: ${stages[0]}\``,
    },
  ];
}
