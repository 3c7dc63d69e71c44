import { readCiVariables } from "../../src/environment/ci-variables.ts";
import { type Pipeline, readPipeline } from "../../src/gitlab/pipeline.ts";

export type Env = Record<string, string>;

export const BASE: Env = {
  GITLAB_CI: "true",
  CI_PROJECT_ID: "10",
  CI_PROJECT_PATH: "acme/vision",
  CI_PROJECT_URL: "https://git.test/sub/acme/vision",
  CI_API_V4_URL: "https://git.test/sub/api/v4",
  CI_PIPELINE_IID: "31",
  CI_PIPELINE_URL: "https://git.test/sub/acme/vision/-/pipelines/900",
  CI_JOB_URL: "https://git.test/sub/acme/vision/-/jobs/5001",
  CI_JOB_NAME: "convert",
  CI_COMMIT_SHA: "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00",
  CI_DEFAULT_BRANCH: "main",
  CI_JOB_TOKEN: "glcbt-64_secret-job-token",
};
export const MERGE_REQUEST: Env = {
  CI_PIPELINE_SOURCE: "merge_request_event",
  CI_COMMIT_REF_NAME: "feature/foo",
  CI_MERGE_REQUEST_IID: "7",
  CI_MERGE_REQUEST_PROJECT_ID: "10",
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
  CI_MERGE_REQUEST_PROJECT_URL: "https://git.test/sub/acme/vision",
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/foo",
  CI_MERGE_REQUEST_EVENT_TYPE: "detached",
};
export const FORK: Env = {
  ...MERGE_REQUEST,
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "77",
};
export const BRANCH: Env = {
  CI_PIPELINE_SOURCE: "push",
  CI_COMMIT_BRANCH: "feature/foo",
  CI_COMMIT_REF_NAME: "feature/foo",
};
export const TAG: Env = {
  CI_PIPELINE_SOURCE: "push",
  CI_COMMIT_TAG: "1.2.0",
  CI_COMMIT_REF_NAME: "1.2.0",
};
export const EXTERNAL: Env = {
  CI_PIPELINE_SOURCE: "external_pull_request_event",
  CI_COMMIT_BRANCH: "gh-branch",
  CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME: "gh/branch",
  CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY: "acme/vision",
  CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY: "acme/vision",
};
export const from = (source: string, env: Env = BRANCH): Env => ({
  ...env,
  CI_PIPELINE_SOURCE: source,
});

/** What a pipeline with these variables beside those that all have would be. */
export const read = (env: Env, modelBranch: string | null = null) =>
  readPipeline(readCiVariables({ ...BASE, ...env }), { modelBranch });

/** It has a branch, and nothing forbids a publication there. */
export const mayPublish = ({ branch, withheld }: Pipeline): boolean =>
  branch !== null && withheld === null;
