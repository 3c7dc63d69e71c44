import {
  commitIn,
  configPathIn,
  missing,
  positiveId,
  seconds,
  timeIn,
  type Variables,
  webUrl,
} from "./ci-values.ts";

/** GitLab's predefined variables as far as we use them, parsed; an empty one counts as not set. */
export interface CiVariables {
  inCi: boolean;
  /** `CI_PIPELINE_SOURCE`, "" where unset. */
  source: string;
  mergeRequest:
    | (MergeRequestRef & {
        /** The source project where it is another one. */
        fork: number | null;
        sourceBranch: string;
        /** Null where it is not known. */
        targetBranch: string | null;
        eventType: string | null;
      })
    | null;
  /** The merge request's pipeline runs in the fork it comes from, which has none of the parent's variables. */
  inFork: boolean;
  /** A branch pipeline's own open merge request, the newest one. */
  openMergeRequest: MergeRequestRef | null;
  /** A branch pipeline's open merge requests are all of other projects: as in a fork. */
  requestsElsewhere: boolean;
  externalPull: { sourceBranch: string; fork: boolean } | null;
  tag: string | null;
  branch: string | null;
  defaultBranch: string | null;
  /** Head of the source branch, never the commit that GitLab made to test a merge. */
  sha: string | null;
  /** The pipeline's own commit, and the head of its branch before the push; null where there was none. */
  commit: string | null;
  commitBefore: string | null;
  projectId: string | null;
  projectPath: string | null;
  projectUrl: string | null;
  pipelineUrl: string | null;
  jobUrl: string | null;
  jobName: string | null;
  /** Path of the pipeline's configuration in the checkout; null where it comes from elsewhere. */
  configPath: string | null;
  apiUrl: string | null;
  /** When the pipeline was made, in milliseconds; null where it is not known. */
  pipelineCreated: number | null;
  /** When the job began, in milliseconds; null where it is not known. */
  jobStarted: number | null;
  /** `CI_PIPELINE_ID`: of the whole server; null where it is not known. */
  pipelineId: number | null;
  /** `CI_PIPELINE_IID`: counts up in a project. 0 where there is none: gitlab-ci-local says so with a 0. */
  pipelineNumber: number;
  /** Seconds that the job may take; null where it is not known. */
  jobTimeout: number | null;
  jobImage: string | null;
  /** The checkout, and the folder of all checkouts. */
  projectFolder: string | null;
  buildsFolder: string | null;
  /** File with what a webhook sent that started this pipeline: foreign data. */
  triggerPayload: string | null;
  /** Lives as long as the job. Never logged. */
  jobToken: string | null;
}

export interface MergeRequestRef {
  /** The target project, where notes go; null where it is unknown, as in a local imitation of GitLab. */
  projectId: number | null;
  iid: number;
  url: string | null;
}

/** Throws `UsageError` where a variable that must be a number is not one, or one that belongs to a merge request is missing. */
export function readCiVariables(variables: Variables): CiVariables {
  const get = (name: string) => variables[name] || null;
  return {
    // gitlab-ci-local says GITLAB_CI=false, other systems set CI alone.
    inCi: get("GITLAB_CI") !== null || get("CI_PIPELINE_SOURCE") !== null,
    source: get("CI_PIPELINE_SOURCE") ?? "",
    mergeRequest: mergeRequestIn(variables),
    inFork: inForkOf(variables),
    openMergeRequest: openMergeRequestIn(variables),
    requestsElsewhere: requestsElsewhere(variables),
    externalPull: externalPullIn(variables),
    tag: get("CI_COMMIT_TAG"),
    branch: get("CI_COMMIT_BRANCH"),
    defaultBranch: get("CI_DEFAULT_BRANCH"),
    sha: get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") ?? get("CI_COMMIT_SHA"),
    commit: get("CI_COMMIT_SHA"),
    commitBefore: commitIn(get("CI_COMMIT_BEFORE_SHA")),
    projectId: get("CI_PROJECT_ID"),
    projectPath: get("CI_PROJECT_PATH"),
    projectUrl: webUrl(get("CI_PROJECT_URL")),
    pipelineUrl: webUrl(get("CI_PIPELINE_URL")),
    jobUrl: webUrl(get("CI_JOB_URL")),
    jobName: get("CI_JOB_NAME"),
    configPath: configPathIn(get("CI_CONFIG_PATH")),
    apiUrl: webUrl(get("CI_API_V4_URL")),
    pipelineCreated: timeIn(get("CI_PIPELINE_CREATED_AT")),
    jobStarted: timeIn(get("CI_JOB_STARTED_AT")),
    pipelineId: positiveId("CI_PIPELINE_ID", variables),
    pipelineNumber: pipelineNumber(variables),
    jobTimeout: seconds(get("CI_JOB_TIMEOUT")),
    jobImage: get("CI_JOB_IMAGE"),
    projectFolder: get("CI_PROJECT_DIR"),
    buildsFolder: get("CI_BUILDS_DIR"),
    triggerPayload: get("TRIGGER_PAYLOAD"),
    jobToken: get("CI_JOB_TOKEN"),
  };
}

/** Set in child pipelines, too, whose source is `parent_pipeline`: the id says more than the source. */
function mergeRequestIn(variables: Variables): CiVariables["mergeRequest"] {
  const iid = positiveId("CI_MERGE_REQUEST_IID", variables);
  if (iid === null) return null;

  const target = positiveId("CI_MERGE_REQUEST_PROJECT_ID", variables);
  const sourceProject = positiveId(
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID",
    variables,
  );
  // Unset where the fork was deleted: what cannot be told from a fork must not pass as the project's own branch.
  if (target !== null && sourceProject === null)
    throw missing("CI_MERGE_REQUEST_SOURCE_PROJECT_ID");

  const sourceBranch =
    variables.CI_MERGE_REQUEST_SOURCE_BRANCH_NAME ||
    variables.CI_COMMIT_REF_NAME;
  if (!sourceBranch) throw missing("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME");

  const eventType = variables.CI_MERGE_REQUEST_EVENT_TYPE || null;

  return {
    projectId: target ?? positiveId("CI_PROJECT_ID", variables),
    fork: sourceProject === target ? null : sourceProject,
    targetBranch: variables.CI_MERGE_REQUEST_TARGET_BRANCH_NAME || null,
    ...{ iid, sourceBranch, eventType, url: mergeRequestUrl(variables, iid) },
  };
}

function inForkOf(variables: Variables): boolean {
  const target = positiveId("CI_MERGE_REQUEST_PROJECT_ID", variables);
  const source = positiveId("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", variables);
  const here = positiveId("CI_PROJECT_ID", variables);
  return target !== null && source !== target && source === here;
}

function mergeRequestUrl(variables: Variables, iid: number): string | null {
  const project = webUrl(
    variables.CI_MERGE_REQUEST_PROJECT_URL || variables.CI_PROJECT_URL || null,
  );
  return project && `${project}/-/merge_requests/${iid}`;
}

/** `group/project!iid,…`, newest first; in a fork these are the parent's, which are not ours to write to. */
function openMergeRequestIn(
  variables: Variables,
): CiVariables["openMergeRequest"] {
  const projectId = positiveId("CI_PROJECT_ID", variables);
  const prefix = `${variables.CI_PROJECT_PATH}!`;
  const own = openMergeRequests(variables).find((entry) =>
    entry.startsWith(prefix),
  );
  if (!own || projectId === null || !variables.CI_COMMIT_BRANCH) return null;

  const iid = positiveId("CI_OPEN_MERGE_REQUESTS", {
    CI_OPEN_MERGE_REQUESTS: own.slice(prefix.length),
  });

  return iid === null
    ? null
    : { projectId, iid, url: mergeRequestUrl(variables, iid) };
}

function openMergeRequests(variables: Variables): string[] {
  return (variables.CI_OPEN_MERGE_REQUESTS ?? "").split(",").filter(Boolean);
}

function requestsElsewhere(variables: Variables): boolean {
  const path = variables.CI_PROJECT_PATH;
  const requests = openMergeRequests(variables);

  return (
    Boolean(path && variables.CI_COMMIT_BRANCH && requests.length) &&
    !requests.some((entry) => entry.startsWith(`${path}!`))
  );
}

function externalPullIn(variables: Variables): CiVariables["externalPull"] {
  if (variables.CI_PIPELINE_SOURCE !== "external_pull_request_event")
    return null;

  const sourceBranch = variables.CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME;
  if (!sourceBranch)
    throw missing("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME");

  const from = variables.CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY;

  return {
    sourceBranch,
    fork: from !== variables.CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY,
  };
}

function pipelineNumber(variables: Variables): number {
  return variables.CI_PIPELINE_IID === "0"
    ? 0
    : (positiveId("CI_PIPELINE_IID", variables) ?? 0);
}
