import type { Known } from "./condition.ts";
import { NULL, some, text, type Value } from "./value.ts";

/** A kind of pipeline that GitLab would make, with what is known of its variables. */
export interface Scenario {
  name: string;
  known: Known;
}

const MERGE_REQUEST = [
  "CI_MERGE_REQUEST_ID",
  "CI_MERGE_REQUEST_IID",
  "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
  "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
  "CI_MERGE_REQUEST_EVENT_TYPE",
  "CI_MERGE_REQUEST_PROJECT_ID",
  "CI_MERGE_REQUEST_SOURCE_PROJECT_ID",
];
const DEFAULT_BRANCH = some("the default branch");
const FEATURE = some("a feature's branch");
const REQUESTS = some("open merge requests");

/** Both pipelines of a push to a branch with an open merge request: one of them must have the job. */
export const OPEN_REQUEST: readonly Scenario[] = [
  ofBranch("a branch with an open merge request", "push", {
    CI_COMMIT_BRANCH: FEATURE,
    CI_OPEN_MERGE_REQUESTS: REQUESTS,
  }),
  ofMergeRequest(),
];

/** The push of a merge to the default branch. */
export const MERGED: readonly Scenario[] = [
  ofBranch("the default branch", "push", { CI_COMMIT_BRANCH: DEFAULT_BRANCH }),
];

/** A pipeline schedule of the default branch. */
export const SCHEDULED: readonly Scenario[] = [
  ofBranch("the default branch", "schedule", {
    CI_COMMIT_BRANCH: DEFAULT_BRANCH,
  }),
];

const STARTED = { MODEL_TO_EDGE_START_ON: text("trigger") };

/** What the two forms of the action start: a pipeline of the Git branch, or of the default branch. */
export const PUSHED: readonly Scenario[] = [
  ofBranch("lakeFS", "trigger", {
    ...STARTED,
    CI_COMMIT_BRANCH: FEATURE,
    MODEL_TO_EDGE_MODEL_BRANCH: some("a data branch"),
  }),
  ofBranch("lakeFS", "trigger", {
    ...STARTED,
    CI_COMMIT_BRANCH: DEFAULT_BRANCH,
    TRIGGER_PAYLOAD: text('{"branch_id":"main"}'),
  }),
];

/** Every kind that somebody may have rules for. */
export const ALL: readonly Scenario[] = [
  ...OPEN_REQUEST,
  ...MERGED,
  ofBranch("a branch", "push", { CI_COMMIT_BRANCH: FEATURE }),
  ...["web", "schedule", "api", "trigger", "pipeline", "parent_pipeline"].map(
    (source) => ofBranch(source, source, { CI_COMMIT_BRANCH: DEFAULT_BRANCH }),
  ),
  ofBranch("a tag", "push", { CI_COMMIT_TAG: some("a tag") }),
];

function ofBranch(
  name: string,
  source: string,
  more: Record<string, Value>,
): Scenario {
  const nothing = [
    ...MERGE_REQUEST,
    ...["CI_COMMIT_BRANCH", "CI_COMMIT_TAG", "CI_OPEN_MERGE_REQUESTS"],
  ].map((variable) => [variable, NULL] as const);

  return {
    name,
    known: new Map([
      ...nothing,
      ["CI_PIPELINE_SOURCE", text(source)],
      ["CI_DEFAULT_BRANCH", DEFAULT_BRANCH],
      ...Object.entries(more),
    ]),
  };
}

function ofMergeRequest(): Scenario {
  const project = some("the project's id");
  const { known } = ofBranch("", "merge_request_event", {
    ...Object.fromEntries(MERGE_REQUEST.map((name) => [name, some(name)])),
    CI_MERGE_REQUEST_PROJECT_ID: project,
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: project,
    CI_PROJECT_ID: project,
    CI_MERGE_REQUEST_EVENT_TYPE: text("detached"),
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: FEATURE,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: DEFAULT_BRANCH,
    CI_OPEN_MERGE_REQUESTS: REQUESTS,
  });

  return { name: "a merge request", known };
}
