import { describe, expect, it } from "vitest";
import { readCiVariables } from "../../src/ci-variables.ts";
import { UsageError } from "../../src/errors.ts";
import { readPipeline } from "../../src/gitlab/pipeline.ts";

type Env = Record<string, string>;

const BASE: Env = {
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
const MERGE_REQUEST: Env = {
  CI_PIPELINE_SOURCE: "merge_request_event",
  CI_COMMIT_REF_NAME: "feature/foo",
  CI_MERGE_REQUEST_IID: "7",
  CI_MERGE_REQUEST_PROJECT_ID: "10",
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
  CI_MERGE_REQUEST_PROJECT_URL: "https://git.test/sub/acme/vision",
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/foo",
  CI_MERGE_REQUEST_EVENT_TYPE: "detached",
};
const FORK: Env = {
  ...MERGE_REQUEST,
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "77",
};
const BRANCH: Env = {
  CI_PIPELINE_SOURCE: "push",
  CI_COMMIT_BRANCH: "feature/foo",
  CI_COMMIT_REF_NAME: "feature/foo",
};
const TAG: Env = {
  CI_PIPELINE_SOURCE: "push",
  CI_COMMIT_TAG: "1.2.0",
  CI_COMMIT_REF_NAME: "1.2.0",
};
const EXTERNAL: Env = {
  CI_PIPELINE_SOURCE: "external_pull_request_event",
  CI_COMMIT_BRANCH: "gh-branch",
  CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME: "gh/branch",
  CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY: "acme/vision",
  CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY: "acme/vision",
};
const from = (source: string, env: Env = BRANCH): Env => ({
  ...env,
  CI_PIPELINE_SOURCE: source,
});
const read = (env: Env, modelBranch: string | null = null) =>
  readPipeline(readCiVariables({ ...BASE, ...env }), { modelBranch });

describe("readPipeline", () => {
  // title, variables, branch, kind, publishable, note, found by
  it.each<
    [string, Env, string | null, string, boolean, boolean, string | null]
  >([
    [
      "a push to a branch",
      BRANCH,
      "feature--foo",
      "branch",
      true,
      false,
      "branch",
    ],
    [
      "the web IDE",
      from("webide"),
      "feature--foo",
      "branch",
      true,
      false,
      "branch",
    ],
    ["a push of a tag", TAG, null, "tag", false, false, null],
    [
      "a detached merge request",
      MERGE_REQUEST,
      "feature--foo",
      "merge_request",
      true,
      true,
      "merge_request",
    ],
    [
      "merged results",
      { ...MERGE_REQUEST, CI_MERGE_REQUEST_EVENT_TYPE: "merged_result" },
      ...([
        "feature--foo",
        "merge_request",
        true,
        true,
        "merge_request",
      ] as const),
    ],
    [
      "a merge train",
      { ...MERGE_REQUEST, CI_MERGE_REQUEST_EVENT_TYPE: "merge_train" },
      ...([
        "feature--foo",
        "merge_request",
        false,
        false,
        "merge_request",
      ] as const),
    ],
    [
      "a fork's merge request",
      FORK,
      "fork-77--feature--foo",
      "merge_request",
      false,
      true,
      "merge_request",
    ],
    [
      "a fork's merge request from its main",
      { ...FORK, CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "main" },
      ...([
        "fork-77--main",
        "merge_request",
        false,
        true,
        "merge_request",
      ] as const),
    ],
    [
      "a child pipeline of a merge request",
      from("parent_pipeline", MERGE_REQUEST),
      ...([
        "feature--foo",
        "merge_request",
        true,
        true,
        "merge_request",
      ] as const),
    ],
    [
      "a child pipeline of a branch",
      from("parent_pipeline"),
      "feature--foo",
      "branch",
      true,
      false,
      "branch",
    ],
    [
      "a child pipeline of a tag",
      from("parent_pipeline", TAG),
      null,
      "tag",
      false,
      false,
      null,
    ],
    [
      "a pipeline of another project",
      from("pipeline"),
      "feature--foo",
      "branch",
      true,
      false,
      "branch",
    ],
    [
      "a schedule",
      from("schedule"),
      "feature--foo",
      "branch",
      true,
      false,
      "branch",
    ],
    [
      "a schedule on a tag",
      from("schedule", TAG),
      null,
      "tag",
      false,
      false,
      null,
    ],
    [
      "Run pipeline on a branch",
      from("web"),
      "feature--foo",
      "branch",
      true,
      false,
      "branch",
    ],
    [
      "Run pipeline on a merge request",
      from("web", MERGE_REQUEST),
      ...([
        "feature--foo",
        "merge_request",
        true,
        true,
        "merge_request",
      ] as const),
    ],
    ["the API", from("api"), "feature--foo", "branch", true, false, "branch"],
    [
      "a trigger",
      from("trigger"),
      "feature--foo",
      "branch",
      true,
      false,
      "branch",
    ],
    [
      "a chat command",
      { CI_PIPELINE_SOURCE: "chat" },
      "main",
      "branch",
      true,
      false,
      "branch",
    ],
    [
      "an external pull request",
      EXTERNAL,
      "gh--branch",
      "external",
      true,
      false,
      "external_pull_request",
    ],
    [
      "an external pull request from a fork",
      {
        ...EXTERNAL,
        CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY: "mallory/vision",
      },
      ...([null, "external", false, false, null] as const),
    ],
    [
      "commit statuses of another system",
      from("external"),
      null,
      "external",
      false,
      false,
      null,
    ],
    [
      "a security policy",
      from("security_orchestration_policy"),
      null,
      "external",
      false,
      false,
      null,
    ],
    [
      "a scheduled policy",
      from("pipeline_execution_policy_schedule"),
      null,
      "external",
      false,
      false,
      null,
    ],
    [
      "an on-demand scan",
      from("ondemand_dast_scan"),
      null,
      "external",
      false,
      false,
      null,
    ],
    [
      "an agent's workflow",
      from("duo_workflow", MERGE_REQUEST),
      null,
      "external",
      false,
      false,
      null,
    ],
    [
      "a source that is new",
      from("telepathy"),
      "feature--foo",
      "branch",
      true,
      false,
      "branch",
    ],
  ])("reads %s", (_, env, branch, kind, mayPublish, note, branchFrom) => {
    const pipeline = read(env);
    expect(pipeline).toMatchObject({
      branch,
      branchFrom,
      mayPublish,
      automatic: true,
      inCi: true,
    });
    expect(pipeline.source.kind).toBe(kind);
    expect(pipeline.note.allowed).toBe(note);
    expect(pipeline.note.reason === null).toBe(note);
    expect(pipeline.reason === null).toBe(branch !== null);
    expect(pipeline.withheld === null).toBe(mayPublish || branch === null);
  });

  it("lets the input win, without giving rights", () => {
    expect(read(TAG, "release")).toMatchObject({
      branch: "release",
      branchFrom: "input",
      mayPublish: true,
    });
    expect(read(BRANCH, "other")).toMatchObject({
      branch: "other",
      automatic: false,
      mayPublish: true,
    });
    expect(read(FORK, "main")).toMatchObject({
      branch: "main",
      mayPublish: false,
    });
    expect(read(FORK, "main").withheld).toMatch(/fork/);
    expect(read(from("duo_workflow"), "main")).toMatchObject({
      branch: null,
      mayPublish: false,
    });
  });

  it("takes the head of the source branch, not the commit that GitLab merged to test it", () => {
    expect(read(MERGE_REQUEST).source.git_sha).toBe(BASE.CI_COMMIT_SHA);
    expect(
      read({ ...MERGE_REQUEST, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "feed" })
        .source.git_sha,
    ).toBe("feed");
  });

  it("writes notes to the target project, also from a pipeline in the fork", () => {
    const fork = read({
      ...FORK,
      CI_PROJECT_ID: "77",
      CI_PROJECT_URL: "https://git.test/sub/mallory/vision",
    });
    expect(fork.source.merge_request).toEqual({
      project_id: "10",
      iid: 7,
      url: "https://git.test/sub/acme/vision/-/merge_requests/7",
    });
  });

  it("finds the newest own merge request of a branch pipeline", () => {
    const open = {
      ...BRANCH,
      CI_OPEN_MERGE_REQUESTS: "upstream/vision!3,acme/vision!12,acme/vision!9",
    };
    expect(read(open).source.merge_request).toMatchObject({
      project_id: "10",
      iid: 12,
    });
    expect(read(open).note.allowed).toBe(true);
    expect(
      read({ ...BRANCH, CI_OPEN_MERGE_REQUESTS: "upstream/vision!3" }).note
        .allowed,
    ).toBe(false);
  });

  it("warns of a source that it does not know", () => {
    expect(read(from("telepathy")).warnings[0]).toMatch(/"telepathy"/);
    expect(read(BRANCH).warnings).toEqual([]);
  });

  it("gives links of the web only, and no token", () => {
    const pipeline = read({
      ...MERGE_REQUEST,
      CI_PIPELINE_URL: "javascript:alert(1)",
    });
    expect(pipeline.links).toEqual({
      api: "https://git.test/sub/api/v4",
      project: "https://git.test/sub/acme/vision",
      mergeRequest: "https://git.test/sub/acme/vision/-/merge_requests/7",
      pipeline: null,
      job: "https://git.test/sub/acme/vision/-/jobs/5001",
    });
    expect(JSON.stringify(pipeline)).not.toContain("secret");
  });

  it.each<[string, Env, RegExp]>([
    [
      "a merge request's number that is none",
      { ...MERGE_REQUEST, CI_MERGE_REQUEST_IID: "7; rm" },
      /CI_MERGE_REQUEST_IID/,
    ],
    [
      "a zero",
      { ...MERGE_REQUEST, CI_MERGE_REQUEST_IID: "0" },
      /CI_MERGE_REQUEST_IID/,
    ],
    [
      "a project id with an exponent",
      { ...FORK, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "1e2" },
      /SOURCE_PROJECT_ID/,
    ],
    [
      "a source project that is gone",
      { ...FORK, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "" },
      /SOURCE_PROJECT_ID/,
    ],
    [
      "a pipeline number beyond all numbers",
      { ...BRANCH, CI_PIPELINE_IID: "9".repeat(20) },
      /CI_PIPELINE_IID/,
    ],
    [
      "an open merge request without number",
      { ...BRANCH, CI_OPEN_MERGE_REQUESTS: "acme/vision!x" },
      /OPEN_MERGE/,
    ],
    [
      "a pipeline without any ref",
      { CI_PIPELINE_SOURCE: "push" },
      /no branch of the store/,
    ],
  ])("refuses %s", (_, env, message) => {
    expect(() => read(env)).toThrow(UsageError);
    expect(() => read(env)).toThrow(message);
  });

  it("takes a pipeline that nobody counted, as gitlab-ci-local says with a 0", () => {
    expect(read({ ...BRANCH, CI_PIPELINE_IID: "0" })).toMatchObject({
      branch: "feature--foo",
      iid: 0,
    });
  });

  it("refuses an input that is no store's branch, and says which one was probably meant", () => {
    const error = caught(() => read(BRANCH, "feature/foo"));
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).hint).toContain("feature--foo");
  });

  it("takes the working directory's branch outside CI, and is not automatic", () => {
    const local = readPipeline(readCiVariables({}), {
      modelBranch: null,
      local: { branch: "exp/1", sha: "abc" },
    });
    expect(local).toMatchObject({
      branch: "exp--1",
      branchFrom: "local",
      inCi: false,
      automatic: false,
      iid: 0,
    });
    expect(local.source).toMatchObject({
      kind: "local",
      git_ref: "exp/1",
      git_sha: "abc",
      merge_request: null,
    });
    expect(local).toMatchObject({ mayPublish: true, note: { allowed: false } });
    expect(
      readPipeline(readCiVariables({}), { modelBranch: "main" }),
    ).toMatchObject({
      branch: "main",
      branchFrom: "input",
    });
    expect(() =>
      readPipeline(readCiVariables({}), { modelBranch: null }),
    ).toThrow(/no branch of the store/);
  });

  it("takes gitlab-ci-local for CI, with the few variables that it knows", () => {
    const env = {
      GITLAB_CI: "false",
      CI_MERGE_REQUEST_IID: "7",
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feat/a",
    };
    const pipeline = readPipeline(readCiVariables(env), { modelBranch: null });
    expect(pipeline).toMatchObject({
      inCi: true,
      branch: "feat--a",
      mayPublish: true,
      note: { allowed: false },
    });
  });
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
