import { UsageError } from "../errors.ts";
import { isStoreBranch, mapBranchName } from "./branch-name.ts";

type Env = Readonly<Record<string, string | undefined>>;

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
        eventType: string | null;
      })
    | null;
  /** A branch pipeline's own open merge request, the newest one. */
  openMergeRequest: MergeRequestRef | null;
  externalPull: { sourceBranch: string; fork: boolean } | null;
  tag: string | null;
  branch: string | null;
  defaultBranch: string | null;
  /** Head of the source branch, never the commit that GitLab made to test a merge. */
  sha: string | null;
  projectPath: string | null;
  projectUrl: string | null;
  pipelineUrl: string | null;
  jobUrl: string | null;
  jobName: string | null;
  apiUrl: string | null;
}

export interface MergeRequestRef {
  /** The target project, where notes go; null where it is unknown, as in a local imitation of GitLab. */
  projectId: number | null;
  iid: number;
  url: string | null;
}

export function readVariables(env: Env): CiVariables {
  const get = (name: string) => env[name] || null;
  return {
    // gitlab-ci-local says GITLAB_CI=false, other systems set CI alone.
    inCi: get("GITLAB_CI") !== null || get("CI_PIPELINE_SOURCE") !== null,
    source: get("CI_PIPELINE_SOURCE") ?? "",
    mergeRequest: mergeRequestIn(env),
    openMergeRequest: openMergeRequestIn(env),
    externalPull: externalPullIn(env),
    tag: get("CI_COMMIT_TAG"),
    branch: get("CI_COMMIT_BRANCH"),
    defaultBranch: get("CI_DEFAULT_BRANCH"),
    sha: get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") ?? get("CI_COMMIT_SHA"),
    projectPath: get("CI_PROJECT_PATH"),
    projectUrl: webUrl(get("CI_PROJECT_URL")),
    pipelineUrl: webUrl(get("CI_PIPELINE_URL")),
    jobUrl: webUrl(get("CI_JOB_URL")),
    jobName: get("CI_JOB_NAME"),
    apiUrl: webUrl(get("CI_API_V4_URL")),
  };
}

/** A positive whole number, null where unset. Throws where it is something else: a wrong id must not become another one. */
export function positiveId(name: string, env: Env): number | null {
  const text = env[name];
  if (!text) return null;

  const value = Number(text);
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(value)) return value;

  throw new UsageError(
    `${name} must be a positive whole number, not ${JSON.stringify(text.slice(0, 60))}`,
    {
      code: "pipeline-variable",
      hint: "GitLab sets this variable: look for a job, a project setting or a runner that overrides it",
    },
  );
}

/** The input names a branch of the store as it is; a Git name in its place gets the name that it stands for. */
export function checkInputBranch(name: string | null): void {
  if (name === null || isStoreBranch(name)) return;
  throw new UsageError(
    `model-branch ${JSON.stringify(name.slice(0, 200))} is no name of a branch of the store`,
    {
      code: "branch-name",
      hint: `the branch for Git's ${JSON.stringify(name.slice(0, 200))} is ${mapBranchName(name)}`,
    },
  );
}

/** Set in child pipelines, too, whose source is `parent_pipeline`: the id says more than the source. */
function mergeRequestIn(env: Env): CiVariables["mergeRequest"] {
  const iid = positiveId("CI_MERGE_REQUEST_IID", env);
  if (iid === null) return null;

  const target = positiveId("CI_MERGE_REQUEST_PROJECT_ID", env);
  const sourceProject = positiveId("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", env);
  // Unset where the fork was deleted: what cannot be told from a fork must not pass as the project's own branch.
  if (target !== null && sourceProject === null)
    throw missing("CI_MERGE_REQUEST_SOURCE_PROJECT_ID");

  const sourceBranch =
    env.CI_MERGE_REQUEST_SOURCE_BRANCH_NAME || env.CI_COMMIT_REF_NAME;
  if (!sourceBranch) throw missing("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME");

  const eventType = env.CI_MERGE_REQUEST_EVENT_TYPE || null;

  return {
    projectId: target ?? positiveId("CI_PROJECT_ID", env),
    fork: sourceProject === target ? null : sourceProject,
    ...{ iid, sourceBranch, eventType, url: mergeRequestUrl(env, iid) },
  };
}

function mergeRequestUrl(env: Env, iid: number): string | null {
  const project = webUrl(
    env.CI_MERGE_REQUEST_PROJECT_URL || env.CI_PROJECT_URL || null,
  );
  return project && `${project}/-/merge_requests/${iid}`;
}

/** `group/project!iid,…`, newest first; in a fork these are the parent's, which are not ours to write to. */
function openMergeRequestIn(env: Env): CiVariables["openMergeRequest"] {
  const projectId = positiveId("CI_PROJECT_ID", env);
  const prefix = `${env.CI_PROJECT_PATH}!`;
  const own = (env.CI_OPEN_MERGE_REQUESTS ?? "")
    .split(",")
    .find((entry) => entry.startsWith(prefix));
  if (!own || projectId === null || !env.CI_COMMIT_BRANCH) return null;

  const iid = positiveId("CI_OPEN_MERGE_REQUESTS", {
    CI_OPEN_MERGE_REQUESTS: own.slice(prefix.length),
  });

  return iid === null
    ? null
    : { projectId, iid, url: mergeRequestUrl(env, iid) };
}

function externalPullIn(env: Env): CiVariables["externalPull"] {
  if (env.CI_PIPELINE_SOURCE !== "external_pull_request_event") return null;

  const sourceBranch = env.CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME;
  if (!sourceBranch)
    throw missing("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME");

  const from = env.CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY;

  return {
    sourceBranch,
    fork: from !== env.CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY,
  };
}

function missing(name: string): UsageError {
  return new UsageError(
    `${name} is not set, though this is a merge request's pipeline`,
    {
      code: "pipeline-variable",
      hint: "GitLab sets this variable: look for a job, a project setting or a runner that clears it",
    },
  );
}

/** Addresses go into links, so only those of the web count. */
function webUrl(text: string | null): string | null {
  return text && /^https?:\/\/[^\s<>"'`\\]+$/.test(text)
    ? text.replace(/\/+$/, "")
    : null;
}
