import type { MergedRequest } from "../gitlab/merged-requests.ts";
import type { LandOutcome } from "../store/store.ts";
import { byText, type SameText, someNames } from "../text/some-names.ts";
import type { Examination } from "./examine.ts";
import type { JudgedModel, LandJob } from "./landing.ts";

/** Why nothing was changed. */
export interface Refusal {
  code: string;
  reason: string;
  next: string;
  paths: string[];
}

/** Files that one line holds. */
const SHOWN = 10;

/** The first thing that stands against landing, or null. `curable`: a pipeline that still runs may yet change it. */
export function refusalOf(
  job: Pick<LandJob, "target" | "store">,
  request: Pick<MergedRequest, "sourceBranch">,
  source: string,
  { models, conflicts }: Pick<Examination, "models" | "conflicts">,
): (Refusal & { curable: boolean }) | null {
  if (conflicts.length > 0)
    return { ...conflictRefusal(job, source, conflicts), curable: false };

  const bad = models.filter(
    ({ state }) => state !== "green" && state !== "removed",
  );

  const [worst] = bad;
  if (!worst) return null;

  const curable = bad.some(({ state }) => state !== "red");

  return {
    code: CODES[worst.state],
    reason: describeAll(bad),
    next: again(job, request, source),
    paths: [],
    curable,
  };
}

const CODES: Record<JudgedModel["state"], string> = {
  green: "green",
  removed: "removed",
  missing: "no-verdict",
  stale: "stale-verdict",
  red: "red-verdict",
};

export function conflictRefusal(
  job: Pick<LandJob, "target" | "store">,
  source: string,
  paths: string[],
  why = `branches ${source} and ${job.target} changed the same files`,
): Refusal {
  const command = job.store.mergeCommand(job.target, source, true);
  // Without a history of model/, no copy makes the data branch the newer one.
  const next = command
    ? `merge ${job.target} into the data branch and keep the branch's version of these files: ${command}; then run the data branch's pipeline again, and retry this job`
    : `make a new Git branch, and a data branch for it from ${job.target} (\`model-to-edge branch NAME --create\`); copy the model's files from ${source} to it, and open a merge request`;

  return {
    code: "conflict",
    reason: `${why}: ${someNames(paths, SHOWN)}`,
    next,
    paths,
  };
}

/** What the store said no to. */
export function storeRefusal(
  job: Pick<LandJob, "target" | "store">,
  source: string,
  outcome: Exclude<LandOutcome, { commit: string }>,
): Refusal {
  const { status, message, hint, paths } = outcome;
  if (status === "conflict")
    return conflictRefusal(job, source, paths, message);

  return {
    code: status,
    reason: message,
    next: `${hint}; then retry this job`,
    paths: [],
  };
}

/** Reasons that one line holds. */
const REASONS = 10;

/** Each reason once, with the models that have it. */
function describeAll(models: readonly JudgedModel[]): string {
  const reasons = byText(models, ({ sentence }) => sentence);
  const left = reasons.slice(REASONS).flatMap(({ names }) => names);

  return [
    ...reasons.slice(0, REASONS).map(describe),
    ...(left.length > 0
      ? [`other reasons in \`land.json\`: ${someNames(left)}`]
      : []),
  ].join("; ");
}

function describe({ names, text, items }: SameText<JudgedModel>): string {
  const files = items.flatMap((model) => model.files);
  const which = files.length > 0 ? ` (${someNames(files, SHOWN)})` : "";

  return `${someNames(names)}: ${text}${which}`;
}

/** How the data branch gets a verdict although its merge request is merged already. */
function again(
  { target }: Pick<LandJob, "target">,
  { sourceBranch }: Pick<MergedRequest, "sourceBranch">,
  source: string,
): string {
  return (
    `run the pipeline of the Git branch ${sourceBranch} again; if that branch is gone, run a pipeline of ${target} with the variable ` +
    `MODEL_TO_EDGE_MODEL_BRANCH=${source}. When it is green, retry this job`
  );
}

/** Somebody deleted the data branch of a merge request that had one. */
export function branchGone(
  { store }: Pick<LandJob, "store">,
  source: string,
): Refusal {
  const next = store.url.startsWith("lakefs://")
    ? "find its last commit in the report of the merge request pipeline, create the branch again from it (`lakectl branch create … --source COMMIT`), and retry this job"
    : `make the branch again (\`model-to-edge branch ${source} --create\`), copy its models there, run the pipeline of its Git branch for a verdict, and retry this job`;

  return {
    code: "branch-gone",
    reason: `the data branch ${source} is gone`,
    next,
    paths: [],
  };
}
